import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { makePlayground, NIGHT, type Playground } from './model-playground.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

let count = 0
const ENGINES = {
  duckdb: () => makePlayground('duckdb:./warehouse.duckdb'),
  postgres: () => makePlayground(server.url, `play_${(count += 1)}`),
}

describe.each(['duckdb', 'postgres'] as const)('%s', engine => {
  let play: Playground
  /** The schema of the models, as SQL. */
  let at: string
  beforeAll(async () => {
    play = await ENGINES[engine]()
    at = engine === 'duckdb' ? 'main' : `play_${count}`
    await play.run(
      'CREATE SCHEMA IF NOT EXISTS shop',
      'DROP TABLE IF EXISTS shop.sales',
      'CREATE TABLE shop.sales (id INTEGER, amount INTEGER, updated_at TIMESTAMP)',
    )
  })
  afterAll(() => play[Symbol.asyncDispose]())
  beforeEach(() =>
    play.run(
      'DELETE FROM shop.sales',
      `INSERT INTO shop.sales VALUES (1, 10, '2026-03-01 10:00'), (2, 20, '2026-03-01 11:00')`,
    ),
  )

  test('a table is published with its checks, result file and receipt', async () => {
    await play.write(
      'models/totals.sql',
      `/*
description: Sales and their sum
owner: data@example.com
result: csv
checks:
  - unique: id
  - not_null: [id, amount]
  - accepted_values: { column: amount, values: [10, 20] }
  - row_count: { min: 1, max: 2 }
  - freshness: { column: updated_at, max_age: 1d }
  - expression: amount > 0 -- always
*/
select id, amount, updated_at from <%= source('shop', 'sales') %> order by id desc;
`,
    )
    await play.build('totals')
    expect(await play.rows(`SELECT id, amount FROM ${at}.totals ORDER BY id`)).toEqual([
      [1, 10],
      [2, 20],
    ])
    expect(await play.read(`results/${NIGHT}/totals.csv`)).toMatch(
      /^id,amount,updated_at\n2,20,2026-03-01 11:00:00\n1,10,2026-03-01 10:00:00\n$/,
    )
    const receipt = await play.receipt('totals')
    expect(receipt).toMatchObject({
      state: 'published',
      relation: `${at}.totals`,
      rows: 2,
      result: `results/${NIGHT}/totals.csv`,
      owner: 'data@example.com',
    })
    expect(receipt.columns.map(column => column.name)).toEqual(['id', 'amount', 'updated_at'])
    expect(receipt.checks.map(check => check.passed)).toEqual([true, true, true, true, true, true])
  })

  test.each([
    ['not_null: amount', 'not_null amount: 1 of 3 rows\n    id=3, amount=NULL'],
    ['unique: id', 'unique id: 2 of 3 rows\n    id=2, rows=2'],
    ['accepted_values: { column: id, values: [1] }', 'accepted_values id: 2 of 3 rows'],
    ['row_count: { max: 2 }', 'row_count max 2: 3 rows'],
    ['freshness: { column: updated_at, max_age: 1h }', 'freshness updated_at 1h: the newest is'],
    ['expression: amount < 20', 'expression amount < 20: 1 of 3 rows'],
    ['relationships: { column: id, to: parents, field: id }', 'parents.id: 2 of 3 rows'],
  ])('when %s fails, the old table stays and the build is gone', async (check, message) => {
    await play.write('models/parents.sql', 'select 1 as id union all select null')
    await play.write('models/guarded.sql', 'select 7 as answer')
    await play.build(['parents', 'guarded'])
    const rows = check.startsWith('unique') ? '(2, 5)' : '(3, NULL)'
    await play.run(`INSERT INTO shop.sales (id, amount) VALUES ${rows}`)
    await play.write(
      'models/guarded.sql',
      `/*\nchecks: [ ${check.startsWith('{') ? check : `{ ${check} }`} ]\n*/\nselect * from <%= source('shop', 'sales') %>`,
    )
    const failure = await play.build('guarded').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'CHECK_FAILED', exitCode: 1 })
    expect(String(failure).replaceAll('\n', '\n  ')).toContain(message)
    expect(await play.rows(`SELECT * FROM ${at}.guarded`)).toEqual([[7]])
    expect(existsSync(join(play.directory, `results/${NIGHT}/models/guarded.json`))).toBe(false)
    const failed = JSON.parse(await play.read(`results/${NIGHT}/models/guarded.failed.json`))
    expect(failed).toMatchObject({ state: 'failed', checks: [{ passed: false }] })
    await expect(play.rows(`SELECT * FROM ${at}.__ferry_build_guarded`)).rejects.toThrow()
  })

  test('a warning is recorded and does not stop the model', async () => {
    await play.write(
      'models/warned.sql',
      `/*\nchecks: [ { expression: n > 1, severity: warn, name: more than one } ]\n*/\nselect 1 as n`,
    )
    await play.build('warned')
    expect((await play.receipt('warned')).checks).toEqual([
      {
        name: 'more than one',
        severity: 'warn',
        passed: false,
        failing_rows: 1,
        found: '1 of 1 rows\nn=1',
      },
    ])
  })

  test('a model changes between table and view', async () => {
    for (const kind of ['view', 'table', 'view', 'incremental']) {
      const keys = kind === 'incremental' ? '\nkey: n\nupdated_at: m' : ''
      await play.write(
        'models/changing.sql',
        `/*\nmaterialize: ${kind}${keys}\nresult: json\n*/\nselect 1 as n, 2 as m`,
      )
      await play.build('changing')
      expect(await play.rows(`SELECT n, m FROM ${at}.changing`)).toEqual([[1, 2]])
      expect(await play.read(`results/${NIGHT}/changing.json`)).toBe('{"n":1,"m":2}\n')
    }
  })

  test('a view gets other columns', async () => {
    for (const columns of ['1 as a, 2 as b', '1 as a', `'x' as a, 3 as c`]) {
      await play.write('models/eye.sql', `-- materialize: view\nselect ${columns}`)
      await play.build('eye')
    }
    expect(await play.rows(`SELECT a, c FROM ${at}.eye`)).toEqual([['x', 3]])
  })

  test.each(['table', 'view', 'append'])(
    'an error of the database in a %s names the file and the line',
    async kind => {
      await play.write(
        'models/wrong.sql',
        `/*\nmaterialize: ${kind}\n*/\nselect 1 as n,\n  nonsuch from <%= source('shop', 'sales') %>`,
      )
      await expect(play.build('wrong')).rejects.toThrow(/^models\/wrong\.sql:5: /)
    },
  )

  test('an incremental model merges what changed, and again without a change', async () => {
    await play.write(
      'models/growing.sql',
      `/*
materialize: incremental
key: id
updated_at: updated_at
checks: [ { unique: id } ]
*/
select * from <%= source('shop', 'sales') %>`,
    )
    await play.build('growing')
    await play.run(
      `UPDATE shop.sales SET amount = 99 WHERE id = 1`, // its stamp did not change: not seen
      `UPDATE shop.sales SET amount = 21, updated_at = '2026-03-02 08:00' WHERE id = 2`,
      `INSERT INTO shop.sales VALUES (3, 30, '2026-03-01 11:00'), (4, 40, NULL)`,
    )
    const expected = [
      [1, 10],
      [2, 21],
      [3, 30],
      [4, 40],
    ]
    for (const _ of [1, 2]) {
      await play.build('growing')
      expect(await play.rows(`SELECT id, amount FROM ${at}.growing ORDER BY id`)).toEqual(expected)
    }
    await play.build('growing', NIGHT, { isFull: true })
    expect(await play.rows(`SELECT amount FROM ${at}.growing WHERE id = 1`)).toEqual([[99]])
  })

  test('an incremental model refuses a key twice and a NULL key, and keeps what it had', async () => {
    await play.write(
      'models/keyed.sql',
      `/*\nmaterialize: incremental\nkey: id\nupdated_at: updated_at\n*/\nselect * from <%= source('shop', 'sales') %>`,
    )
    await play.build('keyed')
    await play.run(`INSERT INTO shop.sales VALUES (9, 1, '2026-04-01'), (9, 2, '2026-04-01')`)
    await expect(play.build('keyed')).rejects.toThrow(/id=9: 2 rows/)
    await play.run(`UPDATE shop.sales SET id = NULL WHERE id = 9 AND amount = 1`)
    await expect(play.build('keyed')).rejects.toMatchObject({ code: 'DATA_INVALID' })
    expect(await play.rows(`SELECT count(*) FROM ${at}.keyed`)).toEqual([[2]])
  })

  test('an incremental model looks back, and tells the template since when', async () => {
    await play.write(
      'models/back.sql',
      `/*\nmaterialize: incremental\nkey: id\nupdated_at: updated_at\nlookback: 1h30m\n*/
select *, '<%= since ?? 'ever' %>' as since from <%= source('shop', 'sales') %>`,
    )
    await play.build('back')
    await play.run(`UPDATE shop.sales SET amount = 11`)
    await play.build('back')
    expect(await play.rows(`SELECT id, amount, since FROM ${at}.back ORDER BY id`)).toEqual([
      [1, 11, '2026-03-01 09:30:00'],
      [2, 11, '2026-03-01 09:30:00'],
    ])
  })

  test('an incremental model takes new columns and refuses lost or changed ones', async () => {
    const write = (columns: string): Promise<void> =>
      play.write(
        'models/shape.sql',
        `/*\nmaterialize: incremental\nkey: id\nupdated_at: updated_at\n*/\nselect ${columns} from <%= source('shop', 'sales') %>`,
      )
    await write('id, updated_at')
    await play.build('shape')
    await write('id, updated_at, amount')
    await play.build('shape')
    expect(await play.rows(`SELECT id, amount FROM ${at}.shape ORDER BY id`)).toEqual([
      [1, null],
      [2, 20],
    ])
    await write('updated_at, amount, id')
    await play.build('shape')
    await write('id, updated_at')
    await expect(play.build('shape')).rejects.toThrow('`amount` is not in the query any more')
    await write(`id, updated_at, 'x' as amount`)
    await expect(play.build('shape')).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      hint: 'build it anew from all rows: ferry model shape --full',
    })
  })

  test('a failed check rolls a merge back', async () => {
    await play.write(
      'models/rolled.sql',
      `/*\nmaterialize: incremental\nkey: id\nupdated_at: updated_at\nchecks: [ { expression: amount < 50 } ]\n*/
select * from <%= source('shop', 'sales') %>`,
    )
    await play.build('rolled')
    await play.run(`INSERT INTO shop.sales VALUES (5, 50, '2026-05-01'), (6, 6, '2026-05-01')`)
    await expect(play.build('rolled')).rejects.toMatchObject({ code: 'CHECK_FAILED' })
    expect(await play.rows(`SELECT count(*) FROM ${at}.rolled`)).toEqual([[2]])
  })

  test('an append model appends a night once, and replaces it only when forced', async () => {
    await play.write(
      'models/history.sql',
      `/*\nmaterialize: append\nresult: csv\norder_by: day, id\n*/
select <%= literal(today) %> as day, id from <%= source('shop', 'sales') %>`,
    )
    await play.build('history', '2026-03-01')
    await play.build('history', '2026-03-02')
    await play.run('INSERT INTO shop.sales (id) VALUES (3)')
    const [again] = await play.build('history', '2026-03-02')
    expect(again?.note).toContain('2026-03-02 is appended already (2 rows)')
    const days = `SELECT day, count(*) FROM ${at}.history GROUP BY day ORDER BY day`
    expect(await play.rows(days)).toEqual([
      ['2026-03-01', 2],
      ['2026-03-02', 2],
    ])
    await play.build('history', '2026-03-02', { isForced: true })
    expect(await play.rows(days)).toEqual([
      ['2026-03-01', 2],
      ['2026-03-02', 3],
    ])
    await play.run(`DROP TABLE ${at}.history`)
    await play.build('history', '2026-03-02')
    expect(await play.rows(days)).toEqual([['2026-03-02', 3]])
    expect(await play.read('results/2026-03-02/history.csv')).toMatch(
      /^day,id,_ferry_date\n2026-03-02,1,2026-03-02\n/,
    )
  })

  test('a model off its schedule is skipped, counts as done and says when it is next', async () => {
    await play.write('models/monthly.sql', `/*\nschedule: 1 * *\n*/\nselect 1 as n`)
    await play.build('monthly', '2026-03-02')
    expect(await play.receipt('monthly')).toMatchObject({
      state: 'skipped',
      next_date: '2026-04-01',
    })
    await play.build('monthly', '2026-03-01')
    expect(await play.receipt('monthly', '2026-03-01')).toMatchObject({ state: 'published' })
  })

  test('a build that was left behind is replaced', async () => {
    await play.write('models/left.sql', 'select 1 as n')
    await play.build('left')
    await play.run(`CREATE TABLE ${at}.__ferry_build_left AS SELECT 'half' AS x`)
    await play.build('left')
    expect(await play.rows(`SELECT * FROM ${at}.left`)).toEqual([[1]])
  })

  test('a reader never misses the table and never sees half of it, over 50 swaps', async () => {
    await play.write(
      'models/swapped.sql',
      engine === 'duckdb'
        ? 'select range as n from range(2000)'
        : 'select n from generate_series(0, 1999) as n',
    )
    await play.build('swapped')
    await play.run(`CREATE OR REPLACE VIEW ${at}.over_it AS SELECT n FROM ${at}.swapped`)
    const end = new AbortController()
    const seen = new Set<string>()
    let reads = 0
    const reader = async (relation: string): Promise<void> => {
      await using session = await play.open()
      while (!end.signal.aborted) {
        const { batches } = await session.query(`SELECT count(*), min(n), max(n) FROM ${relation}`)
        for await (const rows of batches) seen.add(rows.join())
        reads += 1
      }
    }
    const readers = [reader(`${at}.swapped`), reader(`${at}.over_it`)]
    for (let swap = 0; swap < 50; swap += 1) await play.build('swapped')
    end.abort()
    await Promise.all(readers)
    expect([...seen]).toEqual(['2000,0,1999'])
    expect(reads).toBeGreaterThan(50)
  })
})
