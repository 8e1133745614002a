import { expect, test } from 'vitest'
import { crunchConfig } from '../../src/cruncher/config.ts'
import { usedFields } from '../../src/cruncher/used-fields.ts'

test.each([
  ["attributes.plan == 'pro'", true],
  ["attributes['the plan'] == 'pro'", true],
  ['status >= 500', false],
])('where records are only counted, the filter %s asks for attributes: %s', (keep, asks) => {
  expect(usedFields(crunchConfig.parse({ keep }), false).attributes).toBe(asks)
})
