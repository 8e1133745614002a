/** Values that are larger than what a mirror may hold in memory, from MySQL, which sends rows whole. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { parseTableManifest } from '../../src/formats/table-manifest.ts'
import { FERRY } from '../support/run-ferry.ts'
import { DATE, rowsOf } from './mirror-playground.ts'

const TEXT = 'a "quoted", line\n'
const TIMES = 6_500_000
const BYTES = 10_000_000

let server: MariadbServer
let directory = ''
beforeAll(async () => {
  server = await startMariadb()
  directory = await mkdtemp(join(tmpdir(), 'ferry-large-'))
  server.run(`USE ferry; CREATE TABLE large (id int PRIMARY KEY, note longtext, data longblob);
    INSERT INTO large VALUES (1, REPEAT('${TEXT}', ${TIMES}), NULL), (2, '', REPEAT('ab', ${BYTES})), (3, 'x', 'y')`)
}, 120_000)
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

async function mirror(format: 'csv' | 'parquet') {
  const source = `  shop:\n    url: ${server.url}\n    format: ${format}\n    tables:\n      large:\n`
  await writeFile(join(directory, 'ferry.yaml'), `sources:\n${source}`)
  const child = spawn(FERRY, ['mirror', 'shop.large', '--date', DATE], {
    cwd: directory,
    env: { ...process.env, TODAY: undefined },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let mostKb = 0
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text))
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      mostKb = Math.max(mostKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
    } catch {
      // It has just ended.
    }
  }, 50)
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(timer)
  return { code, stderr, mostKb }
}

test('values of 110 MB arrive unchanged, in memory that they would not fit into', async () => {
  const { code, stderr, mostKb } = await mirror('csv')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(mostKb).toBeGreaterThan(50_000)
  expect(mostKb).toBeLessThan(260_000)
  const text = await readFile(join(directory, `intermediate/${DATE}/mirror/shop.large`), 'utf8')
  const rows = await rowsOf(parseTableManifest(text, 'shop.large'))
  const sum = (value: string): string => createHash('md5').update(value).digest('hex')
  expect(rows.map(row => row.map(value => sum(value ?? 'NULL')))).toEqual(
    [
      ['1', TEXT.repeat(TIMES), 'NULL'],
      ['2', '', `\\x${'6162'.repeat(BYTES)}`],
      ['3', 'x', '\\x79'],
    ].map(row => row.map(sum)),
  )
}, 240_000)

test('what Parquet cannot hold in memory is refused by its column', async () => {
  const { code, stderr, mostKb } = await mirror('parquet')
  expect(code).toBe(65)
  expect(stderr).toMatch(/not for Parquet: `note` holds a value of \d{3} MB/)
  expect(mostKb).toBeLessThan(500_000)
}, 240_000)
