/** MySQL shares no snapshot: a range that breaks off is read by a reader that has the moment still. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { parseTableManifest } from '../../src/formats/table-manifest.ts'
import { runFerry } from '../support/run-ferry.ts'
import { DATE, rowsOf } from './mirror-playground.ts'

const ROWS = 30_000

let server: MariadbServer
let directory = ''
beforeAll(async () => {
  server = await startMariadb()
  directory = await mkdtemp(join(tmpdir(), 'ferry-mysql-ranges-'))
  await writeFile(
    join(directory, 'ferry.yaml'),
    `warehouses: { hot: 'duckdb:./hot.duckdb' }
sources: { shop: { url: '${server.url}', connections: 3, rows_per_second: 7500, tables: { large: { chunks: 3 } } } }\n`,
  )
}, 60_000)
afterAll(async () => {
  await runFerry(['warehouse', 'stop'], { cwd: directory })
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

/** The connections that read rows, in the order in which they were made. */
async function reading(): Promise<readonly number[]> {
  const client = await createConnection(server.url)
  const [rows] = await client.query({
    sql: `SELECT id FROM information_schema.processlist
      WHERE info LIKE 'SELECT %FROM%large%' AND id <> connection_id() ORDER BY id`,
    rowsAsArray: true,
  })
  await client.end()
  return (rows as unknown[][]).map(([id]) => Number(id)) // as it was told to
}

test.each([
  ['the first', 0],
  ['the last', -1],
])(
  '%s of three connections is cut: its range is read again, at the same moment',
  async (_, at) => {
    server.run(`USE ferry; CREATE OR REPLACE TABLE large (id int PRIMARY KEY, note text);
    INSERT INTO large SELECT seq, REPEAT('x', 1000) FROM seq_1_to_${ROWS}; ANALYZE TABLE large`)
    const running = runFerry(['mirror', 'shop.large', '--date', DATE], { cwd: directory })
    let ids = await reading()
    for (const deadline = Date.now() + 30_000; ids.length < 3 && Date.now() < deadline; ) {
      await sleep(30)
      ids = await reading()
    }
    server.run(`USE ferry; KILL ${ids.at(at)}; UPDATE large SET note = 'late';
    DELETE FROM large WHERE id % 3 = 0; INSERT INTO large VALUES (-5, 'late'), (99999, 'late')`)
    const { code, stderr } = await running
    expect(stderr).toMatch(/^ferry: shop\.large, range \d of 3 is read again: .*\n$/)
    expect(code).toBe(0)
    const text = await readFile(join(directory, `intermediate/${DATE}/mirror/shop.large`), 'utf8')
    const rows = await rowsOf(parseTableManifest(text, 'shop.large'))
    expect(rows).toHaveLength(ROWS)
    expect(new Set(rows.map(([id]) => id)).size).toBe(ROWS)
    expect(rows.every(([, note]) => note?.length === 1_000)).toBe(true)
    // Its fingerprints are of that moment, too: the warehouse has what the source had then.
    expect(
      await runFerry(['load', 'shop.large', '--date', DATE], { cwd: directory }),
    ).toMatchObject({
      code: 0,
    })
    const compared = await runFerry(['compare', 'shop.large', '--date', DATE], { cwd: directory })
    expect(compared.stdout).toContain('the same')
  },
  120_000,
)
