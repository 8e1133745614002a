import { expect, test } from 'vitest'
import { nearestName } from '../../src/core/nearest.ts'

test.each([
  ['targts', ['targets', 'jobs'], 'targets'],
  ['wharehouses', ['warehouses', 'stores'], 'warehouses'],
  ['comp', ['sql', 'completion'], 'completion'],
  ['xyz', ['targets', 'jobs'], undefined],
])('the name nearest to %s is found', (wrong, known, nearest) => {
  expect(nearestName(wrong, known)).toBe(nearest)
})
