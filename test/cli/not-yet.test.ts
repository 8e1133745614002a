import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFerry } from '../support/run-ferry.ts'

let project = ''
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ferry-not-yet-'))
})
afterAll(async () => rm(project, { recursive: true }))

test.each([
  ['warehouses: { w: { url: "duckdb:./w", slots: 3 } }', 'warehouses.w.slots', 'ferry load'],
])('%s is refused: nobody would act on it', async (text, key, part) => {
  await writeFile(join(project, 'ferry.yaml'), `${text}\n`)
  const { code, stderr } = await runFerry(['rules'], { cwd: project })
  expect(stderr).toMatch(/^ferry: error: ferry\.yaml:1:\d+: /)
  expect(stderr).toContain(
    `\`${key}\`: belongs to \`${part}\`, which this version of Ferry does not have; leave it out`,
  )
  expect(code).toBe(78)
})
