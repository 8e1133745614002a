import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { makePlayground, type Playground } from './model-playground.ts'

let server: PostgresServer
let play: Playground
beforeAll(async () => {
  server = await startPostgres()
  play = await makePlayground(server.url, 'kpi')
})
afterAll(async () => {
  await play[Symbol.asyncDispose]()
  await server.stop()
})

test('views on a replaced table, and on those, are there again with grants, owners and comments', async () => {
  await play.write('models/base.sql', 'select 1 as a, 2 as b')
  await play.build('base')
  await play.run(
    'CREATE ROLE reader',
    'CREATE ROLE keeper',
    'CREATE VIEW kpi.under AS SELECT a, b FROM kpi.base',
    'CREATE VIEW kpi."Über" WITH (security_barrier) AS SELECT u.a, x.b FROM kpi.under u JOIN kpi.base x USING (a)',
    'ALTER VIEW kpi.under OWNER TO keeper',
    'GRANT SELECT ON kpi.base TO reader WITH GRANT OPTION',
    'GRANT SELECT ON kpi.base TO keeper',
    'GRANT UPDATE (b) ON kpi.base TO reader',
    'GRANT SELECT ON kpi."Über" TO PUBLIC',
    `COMMENT ON TABLE kpi.base IS 'it''s the base'`,
    `COMMENT ON COLUMN kpi.base.b IS 'of bee'`,
    `COMMENT ON VIEW kpi.under IS 'under it'`,
  )
  const state = `
    SELECT c.relname, c.relkind::text, pg_get_userbyid(c.relowner)::text, c.reloptions::text,
      (SELECT string_agg(g::text, ' ' ORDER BY g::text) FROM unnest(c.relacl) g),
      obj_description(c.oid, 'pg_class'),
      (SELECT string_agg(attname || coalesce(attacl::text, '') || coalesce(col_description(c.oid, attnum), ''), ' ' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0)
    FROM pg_class c WHERE relnamespace = 'kpi'::regnamespace ORDER BY 1`
  const before = await play.rows(state)
  expect(before).toHaveLength(3)
  await play.write('models/base.sql', 'select 5 as a, 6 as b')
  await play.build('base')
  expect(await play.rows(state)).toEqual(before)
  expect(await play.rows('SELECT * FROM kpi."Über"')).toEqual([[5, 6]])
})

test('a view that reads a column which is gone keeps the old table', async () => {
  await play.write('models/lost.sql', 'select 1 as a, 2 as b')
  await play.build('lost')
  await play.run('CREATE VIEW kpi.needs_b AS SELECT b FROM kpi.lost')
  await play.write('models/lost.sql', 'select 1 as a')
  await expect(play.build('lost')).rejects.toThrow(
    /column .*b.* does not exist, in: CREATE VIEW kpi.needs_b/,
  )
  expect(await play.rows('SELECT b FROM kpi.needs_b')).toEqual([[2]])
})

test('row-level security, triggers and materialized views are not lost silently', async () => {
  await play.write('models/guarded.sql', 'select 1 as a')
  await play.build('guarded')
  await play.run('CREATE POLICY mine ON kpi.guarded USING (a = 1)')
  await expect(play.build('guarded')).rejects.toThrow('row-level security')
  await play.run(
    'DROP POLICY mine ON kpi.guarded',
    'CREATE MATERIALIZED VIEW kpi.frozen AS SELECT * FROM kpi.guarded',
  )
  await expect(play.build('guarded')).rejects.toThrow(/depend/)
  expect(await play.rows('SELECT a FROM kpi.frozen')).toEqual([[1]])
})

test('the rows of a large result come in the order of the query', async () => {
  await play.write(
    'models/ordered.sql',
    `-- result: csv
select n, repeat('x', 200) as filler from generate_series(1, 200000) as n order by n % 1000, n`,
  )
  await play.build('ordered')
  const lines = (await play.read('results/2026-03-02/ordered.csv')).split('\n').slice(1, -1)
  const numbers = lines.map(line => Number(line.split(',')[0]))
  const sorted = numbers.toSorted((a, b) => (a % 1_000) - (b % 1_000) || a - b)
  expect(numbers).toEqual(sorted)
})
