import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { parseCounts } from '../../src/formats/counts.ts'
import { parseLoadReceipt } from '../../src/formats/load-receipt.ts'
import { column, hand } from '../loader/deliver.ts'
import { runFerry } from '../support/run-ferry.ts'

let server: PostgresServer
let project: string
beforeAll(async () => {
  server = await startPostgres()
  project = await mkdtemp(join(tmpdir(), 'ferry-load-'))
  await writeFile(
    join(project, 'ferry.yaml'),
    `warehouses:
  hot: duckdb:./hot.duckdb
  cold: ${server.url}
sources:
  production:
    url: ${server.url}
    tables: { tasks: { updated_at: updated_at } }
load:
  into: [hot, cold]
  tables:
    production.tasks: { sort: [id], columns: { price: "decimal(10,2)" } }
`,
  )
})
afterAll(async () => {
  await runFerry(['warehouse', 'stop'], { cwd: project })
  await rm(project, { recursive: true })
  await server.stop()
})

const ferry = (...args: string[]) => runFerry(args, { cwd: project })
const read = async (path: string): Promise<string> => readFile(join(project, path), 'utf8')
const columns = [column('id', 'integer'), column('title', 'text'), column('price', 'text')]
const SELECT = 'select id, title, price from production.tasks order by id'

test('a delivery is loaded into each warehouse, and leaves receipt, counts and edge', async () => {
  const manifest = await hand(project, {
    columns,
    parts: [[['1', 'a', '1.50']], [['2', 'b', null]]],
    delivery: { mode: 'full', rows: 'all' },
  })
  const { code, stderr, stdout } = await ferry('load', 'production.tasks', '--date', '2026-11-28')
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toMatch(/production\.tasks: replace, 2 rows into hot, .*\n.* 2 rows into cold, /)
  for (const on of ['hot', 'cold']) {
    expect((await ferry('sql', '--on', on, '-e', SELECT, '--csv')).stdout).toBe(
      'id,title,price\n1,a,1.50\n2,b,\n',
    )
    const ledger = 'select table_name, night, row_count, edge from ferry.loads'
    expect((await ferry('sql', '--on', on, '-e', ledger, '--csv')).stdout).toBe(
      `table_name,night,row_count,edge\nproduction.tasks,2026-11-28,2,${manifest.delivery.to}\n`,
    )
  }
  const receipt = parseLoadReceipt(
    await read('intermediate/2026-11-28/load/production.tasks'),
    'it',
  )
  expect(receipt.warehouses['cold']).toMatchObject({ state: 'loaded', tableRows: 2 })
  expect(JSON.parse(await read('.ferry/mirror/production.tasks.json'))).toEqual({
    version: 1,
    warehouses: Object.fromEntries(
      ['hot', 'cold'].map(name => [name, { to: manifest.delivery.to, delivery: receipt.delivery }]),
    ),
  })
  const counts = parseCounts(
    await read('results/2026-11-28/counts/load/production.tasks.json'),
    'it',
  )
  expect(counts).toMatchObject({ rows: { in: 2, out: 2, filtered: 0, rejected: 0 }, tableRows: 2 })
  const again = await ferry('load', '--date', '2026-11-28', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({ warehouses: { hot: { state: 'already' } } })
})

test('a value that does not fit fails the load with its place, and exit code 65', async () => {
  await hand(project, {
    columns,
    parts: [[['1', 'a', 'a lot']]],
    delivery: { mode: 'full', rows: 'all', date: '2026-11-29', takenAt: '2026-11-29T01:00:00Z' },
  })
  const { code, stderr } = await ferry('load', 'production.tasks', '--date', '2026-11-29')
  expect(code).toBe(65)
  expect(stderr).toMatch(/1 of 1 rows of `production.tasks` do not fit, and 0 may be rejected:/)
  expect(stderr).toMatch(/line 2, column price: `a lot` is not a decimal number/)
  expect(stderr).toMatch(/results\/2026-11-29\/rejected\/load\/production\.tasks\.csv\.zst/)
  const some = await ferry(
    'load',
    'production.tasks',
    '--date',
    '2026-11-29',
    '--max-rejected',
    '1',
  )
  expect(some.code).toBe(0)
})

test.each(['duckdb', 'postgres', 'redshift', 'mssql', 'synapse'])(
  '--plan prints the SQL for %s and asks nobody',
  async on => {
    await hand(project, {
      columns,
      parts: [[['1', 'a', '1']]],
      delivery: { from: 'x', date: '2026-11-30' },
    })
    const args = ['load', '--plan', 'production.tasks', '--on', on, '--date', '2026-11-30']
    const { code, stdout } = await ferry(...args)
    expect(code).toBe(0)
    const masked = stdout
      .replaceAll(project, 'PROJECT')
      .replaceAll(/-\d+-0\.csv/g, '-N-0.csv')
      .replaceAll(/VALUES \(.*\)/g, 'VALUES (...)')
      .replaceAll(/[0-9a-f]{32}/g, 'DELIVERY')
    await expect(masked).toMatchFileSnapshot(`load-plans/${on}.sql`)
  },
)

test('wrong names are told, with the nearest right one', async () => {
  const nothing = await ferry('load', 'production.task', '--date', '2026-11-28')
  expect(nothing.code).toBe(66)
  expect(nothing.stderr).toContain('nothing of `production.task` was delivered on 2026-11-28')
  const where = await ferry('load', 'production.tasks', '--date', '2026-11-28', '--on', 'colt')
  expect(where.code).toBe(64)
  expect(where.stderr).toContain('did you mean `cold`?')
})

test('each table is a make target, after its delivery', async () => {
  await ferry('rules')
  const rules = await read('.ferry/rules.mk')
  expect(rules).toContain(
    'intermediate/$(TODAY)/load/production.tasks: intermediate/$(TODAY)/mirror/production.tasks\n\tferry load production.tasks --date $(TODAY)\n',
  )
  expect(rules).toContain('\nload: intermediate/$(TODAY)/load/production.tasks\n')
})

test('files of anybody are loaded by what their rows look like', async () => {
  await writeFile(
    join(project, 'prices.csv'),
    'sku;price;since;active\nA1;1.50;2026-01-02 08:00:00;true\n"B;2";;2026-02-03 10:00:00;false\n',
  )
  const first = await ferry('load', 'shop.prices', 'prices.csv', '--date', '2026-11-28')
  expect(first.code).toBe(0)
  expect(first.stderr).toMatch(/shop\.prices: replace, 2 rows into hot/)
  const query =
    'select sku, price, cast(since as varchar) as since, active from shop.prices order by 1'
  const expected =
    'sku,price,since,active\nA1,1.5,2026-01-02 08:00:00,true\nB;2,,2026-02-03 10:00:00,false\n'
  expect((await ferry('sql', '-e', query, '--csv')).stdout).toBe(expected)

  await writeFile(
    join(project, 'more.jsonl'),
    '{"sku":"C","price":3,"since":"2026-03-04 09:00:00","active":true}\n',
  )
  const more = ['load', 'shop.prices', 'more.jsonl', '--strategy', 'append', '--json']
  const [appended, again] = [await ferry(...more), await ferry(...more)]
  expect(JSON.parse(appended.stdout)).toMatchObject({
    warehouses: { hot: { state: 'loaded', tableRows: 3 } },
  })
  expect(JSON.parse(again.stdout)).toMatchObject({ warehouses: { hot: { state: 'already' } } })

  await writeFile(join(project, 'bad.csv'), 'sku,price\nA1,2\nD,a lot\n')
  const merge = ['load', 'shop.prices', 'bad.csv', '--strategy', 'merge', '--key', 'sku']
  const refused = await ferry(...merge)
  expect(refused.code).toBe(65)
  expect(refused.stderr).toMatch(
    /1 of 2 rows of `shop\.prices` do not fit.*\n.*bad\.csv, line 3, column price/,
  )
  const merged = await ferry(...merge, '--max-rejected', '50%')
  expect(merged.stderr).toContain('1 rows do not fit; they are in results/')
  expect(
    (await ferry('sql', '-e', 'select sku, price from shop.prices order by 1', '--csv')).stdout,
  ).toBe('sku,price\nA1,2.0\nB;2,\nC,3.0\n')
  const mixed = await ferry('load', 'shop.prices', 'prices.csv', 'more.jsonl')
  expect(mixed.code).toBe(64)
})
