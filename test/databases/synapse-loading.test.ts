import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from '../../src/databases/dialect.ts'
import type { Engine } from '../../src/databases/engine.ts'
import type { LoadRequest, LoadStrategy } from '../../src/databases/loading.ts'
import { readFromPolybase, writtenForPolybase } from '../../src/databases/synapse/external-table.ts'
import { fit } from '../../src/databases/synapse/fit.ts'
import { engineOf } from '../../src/databases/open-database.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { runPlan } from '../../src/loader/run-plan.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { PLAN_COLUMNS, requestOf } from './warehouse-plans.ts'

const BLOBS = 'https://lake.blob.core.windows.net/stage/'
let folder = ''
let server: TdsServer
let engine: Engine
let session: Session
let parts = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-synapse-'))
  server = await startTds('synapse', { [BLOBS]: `${folder}/` })
  engine = await engineOf(server.url)
  const { signal } = new AbortController()
  session = await engine.open({ url: server.url, projectDirectory: '.', environment: {}, signal })
  for (const text of engine.loading?.createLedger ?? []) await session.execute(text)
  for (const text of engine.loading?.createLedger ?? []) await session.execute(text) // they may run again
})
afterAll(async () => {
  await session.close()
  await server.stop()
  await rm(folder, { recursive: true })
})

async function load(strategy: LoadStrategy, rows: string, more: Partial<LoadRequest> = {}) {
  parts += 1
  const name = `part-${parts}.csv.gz`
  const header = (strategy === 'remove' ? ['id'] : PLAN_COLUMNS.map(column => column.name)).join()
  await writeFile(join(folder, name), gzipSync(`${header}\n${rows}`))
  const request = requestOf(strategy, { parts: [{ url: BLOBS + name, bytes: 1 }] })
  if (engine.loading === undefined) throw new Error('no warehouse')
  return runPlan(engine.loading.plan({ ...request, adds: [], ...more }), {
    session,
    loading: engine.loading,
    rows: () => {
      throw new Error('it fetches them itself')
    },
    fetch: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
    onStaged: () => undefined,
    onStatement: () => undefined,
  })
}

const found = async (columns: string) =>
  readAll(session, `SELECT ${columns} FROM [production].[tasks] ORDER BY id`)

const AT = '2026-11-28 10:00:00.25+00'

test('what its statements do to a table, from the first load to the last', async () => {
  const first = `1,a,"two\nlines",1.50,t,"{""k"": 1}",\\x00ff,${AT}\n2,,\\N,\\N,f,\\N,\\N,\\N\n`
  expect(await load('replace', first, { present: undefined })).toMatchObject({
    staged: 2,
    superseded: 0,
    tableRows: 2,
  })
  expect(await found('*')).toEqual(
    [
      ['1', 'a', 'two\nlines', '1.50', true, '{"k": 1}', '\\x00ff', '2026-11-28 10:00:00.25+00:00'],
      ['2', '', null, null, false, null, null, null],
    ].map(row => [Number(row[0]), ...row.slice(1)]),
  )
  const changes = `2,b,x,2.00,t,\\N,\\N,${AT}\n2,b,x,2.00,t,\\N,\\N,${AT}\n3,A,\\N,\\N,t,\\N,\\N,\\N\n`
  expect(await load('merge', changes)).toMatchObject({ staged: 3, superseded: 1, written: 2 })
  expect(await load('merge', changes)).toMatchObject({ written: 0 })
  expect(await found('id, title, price')).toEqual([
    [1, 'a', '1.50'],
    [2, 'b', '2.00'],
    [3, 'A', null],
  ])
  expect(await load('remove', '3\n9\n')).toMatchObject({ deleted: 1 })
  expect(
    await load('append', `1,new,x,1.00,t,\\N,\\N,\\N\n4,d,x,1.00,t,\\N,\\N,\\N\n`),
  ).toMatchObject({ written: 1, tableRows: 3 })
  expect(await load('replace', `7,z,x,1.00,t,\\N,\\N,\\N\n`)).toMatchObject({ tableRows: 1 })
  expect(await found('id, title')).toEqual([[7, 'z']])
  expect(await readAll(session, 'SELECT COUNT_BIG(*) FROM [ferry].[loads]')).toEqual([[6]])
})

test('a failure leaves the table and the ledger as they were', async () => {
  const bad = `8,y,x,not a price,t,\\N,\\N,\\N\n`
  await expect(load('merge', bad)).rejects.toMatchObject({ code: 'SQL_INVALID' })
  expect(await found('id, title')).toEqual([[7, 'z']])
  expect(await readAll(session, 'SELECT COUNT_BIG(*) FROM [ferry].[loads]')).toEqual([[6]])
  const tables = await engine.introspect.tables(session)
  expect(tables.map(({ name }) => name)).toEqual(['loads', 'tasks'])
})

test('days are exchanged by switching partitions, those alone that the files are of', async () => {
  const target = { schema: 'production', name: 'events' }
  const design = requestOf('partition', {}).design
  const of = (more: Partial<LoadRequest> = {}) => ({ target, design, ...more })
  const row = (id: number, title: string, at: string) => `${id},${title},x,1.00,t,\\N,\\N,${at}\n`
  const first =
    row(1, 'a', '2026-11-27 00:00:00+00') +
    row(2, 'b', '2026-11-27 23:59:59.999999+00') +
    row(3, 'c', '2026-11-29 12:00:00+00') +
    row(4, 'none', '\\N')
  expect(await load('partition', first, of({ present: undefined }))).toMatchObject({
    staged: 4,
    written: 4,
    deleted: 0,
    tableRows: 4,
  })
  const second =
    row(5, 'new', '2026-11-27 10:00:00+00') +
    row(6, 'between', '2026-11-28 10:00:00+00') +
    row(6, 'twice', '2026-11-28 10:00:00+00')
  expect(await load('partition', second, of())).toMatchObject({
    written: 2,
    deleted: 2,
    superseded: 1,
  })
  expect(await load('partition', second, of())).toMatchObject({
    written: 2,
    deleted: 2,
    tableRows: 4,
  })
  const rows = await readAll(session, 'SELECT id FROM [production].[events] ORDER BY id')
  expect(rows.flat()).toEqual([3, 4, 5, 6])
  expect(await load('partition', row(7, 'other', '\\N'), of())).toMatchObject({
    deleted: 1,
    tableRows: 4,
  })
  expect(await load('partition', '', of())).toMatchObject({ written: 0, deleted: 0, tableRows: 4 })
  const tables = await engine.introspect.tables(session)
  expect(tables.filter(({ name }) => name.startsWith('__ferry'))).toEqual([])
})

test('a table without partitions is left as it is, and what to do is said', async () => {
  const target = { schema: 'production', name: 'tasks' }
  await expect(load('partition', `1,a,x,1.00,t,\\N,\\N,${AT}\n`, { target })).rejects.toThrow(
    'has no partitions',
  )
  expect(await found('id, title')).toEqual([[7, 'z']])
})

test('what is written for PolyBase needs no quotes, and is what it was when it is read', async () => {
  const texts = fc.sample(
    fc.string({ unit: fc.constantFrom(...Array.from('%025CAD\n\r",\\.é🎉x ')) }),
    120,
  )
  const all = ['', '\\.', '%00', '%250A', 'say "hi", twice\r\n', ...texts].map(text => [
    text,
    writtenForPolybase(text),
  ])
  for (const [, written = ''] of all) expect(written).toMatch(/^[^",\r\n]+$/)
  const reads = all.map(([, written = '']) => readFromPolybase(engine.sql.literal(written)))
  const [row] = await readAll(session, `SELECT ${reads.join(', ')}`)
  expect(row).toEqual(all.map(([text]) => text))
  expect(fit({ kind: 'text' }, 'a,b')).toEqual({ text: 'a,b' })
  expect(fit({ kind: 'text' }, 'a,b', 'polybase:lake')).toEqual({ text: 'a%2Cb' })
})

test('PolyBase reads what COPY INTO would, with texts of every kind', async () => {
  const target = { schema: 'production', name: 'outside' }
  await mkdir(join(folder, 'files'))
  const body = 'say "hi",\ntwice 100%'
  const header = PLAN_COLUMNS.map(column => column.name).join()
  const rows = [
    ['1', 'a', body, '1.50', 't', '{"k": 1}', '\\x00ff', AT],
    ['2', '', '\\N', '\\N', 'f', '\\N', '\\N', '\\N'],
  ].map(row => row.map(text => (text === '\\N' ? text : writtenForPolybase(text))).join())
  await writeFile(join(folder, 'files/part-0.csv.gz'), gzipSync(`${header}\n${rows.join('\n')}\n`))
  await writeFile(join(folder, 'files/_manifest'), 'no part')
  const stage = {
    manifestUrl: `${BLOBS}files/_manifest`,
    folderUrl: `${BLOBS}files/`,
    identity: 'polybase:lake',
    region: undefined,
  }
  const files = requestOf('merge', {
    parts: [{ url: `${BLOBS}files/part-0.csv.gz`, bytes: 1 }],
    stage,
  }).files
  const more = { target, files, adds: [], present: undefined }
  expect(await load('merge', '', more)).toMatchObject({ staged: 2, written: 2, tableRows: 2 })
  expect(await load('merge', '', { ...more, present: 'table' })).toMatchObject({
    staged: 2,
    written: 0,
  })
  const found = await readAll(
    session,
    'SELECT id, title, body, price, meta FROM [production].[outside] ORDER BY id',
  )
  expect(found).toEqual([
    [1, 'a', body, '1.50', '{"k": 1}'],
    [2, '', null, null, null],
  ])
  for (const view of ['external_tables', 'external_file_formats', 'external_data_sources']) {
    expect(await readAll(session, `SELECT name FROM sys.${view}`)).toEqual([])
  }
})
