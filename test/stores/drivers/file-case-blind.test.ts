import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertOwnName, isCaseBlind } from '../../../src/stores/drivers/file/case-blind.ts'
import { writeTree } from '../../support/file-tree.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ferry-case-'))
  await writeTree(root, { 'Report.csv': '', 'A/x': '', 'A/Deep/y': '' })
})
afterAll(async () => rm(root, { recursive: true }))

test.each([
  ['report.csv', 'Report.csv'],
  ['a/x', 'A'],
  ['A/deep/z', 'Deep'],
])('where case tells no names apart, `%s` would replace another object', async (key, taken) => {
  const refused = expect.objectContaining({
    code: 'KEY_INVALID',
    message: expect.stringContaining(`${taken}\` exists`),
  })
  await expect(assertOwnName(root, key)).rejects.toEqual(refused)
})

test.each(['Report.csv', 'A/x', 'A/Deep/z', 'new/folder/report.csv'])('`%s` would not', async key =>
  expect(await assertOwnName(root, key)).toBeUndefined(),
)

test('a folder is asked which it is', async () => {
  expect(await isCaseBlind(join(root, 'Report.csv'))).toBe(false)
})
