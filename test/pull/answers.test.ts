import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiServer, startApi } from '../../servers/api.ts'
import { updatedAt } from '../../servers/api/things.ts'
import { DATE, PullProject } from './pull-project.ts'

const THINGS = 47

let api: ApiServer
beforeAll(async () => {
  api = await startApi({ things: THINGS })
})
afterAll(() => api.stop())

const byCursor = { rows: '$.items', pagination: { cursor: 'next_page' }, key: 'id' }

describe('a service that fails now and then', () => {
  test.each([
    ['500 and 503', '/moody'],
    ['JSON that is torn in a sound answer', '/torn'],
    ['429 with Retry-After', '/limited'],
    ['pages that overlap', '/overlapping'],
    ['a redirection', '/moved'],
  ])('%s: nothing is lost, nothing comes twice', { timeout: 120_000 }, async (_, path) => {
    await using project = await PullProject.make({
      shop: { url: `${api.url}${path}`, table: 'things', ...byCursor },
    })
    const { code, stderr } = await project.pull([])
    expect([code, stderr]).toEqual([0, ''])
    const rows = await project.rows('shop.things')
    const ids = rows.map(row => Number(row['id'])).sort((a, b) => a - b)
    expect(ids).toEqual(Array.from({ length: THINGS }, (_, at) => at + 1))
    const { rows: counted } = await project.counts('shop.things')
    expect(counted.in).toBe(counted.out + counted.filtered)
    expect(counted.filtered > 0).toBe(path === '/overlapping')
  })
})

describe('pages that do not end are an error', () => {
  test.each([
    ['a cursor that comes twice', '/circle', byCursor, 'the cursor `again` came a second time'],
    [
      'a page number that the service does not know',
      '/deaf',
      { pagination: { page: 'p' } },
      'page 2 has the same rows as page 1',
    ],
    [
      'an offset that the service does not know',
      '/deaf',
      { pagination: { offset: 'o' } },
      'the page at offset 3 has the same rows as the page at offset 0',
    ],
    [
      'a next page on another host',
      '/elsewhere',
      { rows: '$.items', pagination: { next: '$.next' } },
      'the next page is said to be at `http://127.0.0.2:9`',
    ],
    ['too many', '/cursor', { ...byCursor, max_pages: 3 }, 'has more than 3 pages'],
  ])('%s', async (_, path, more, message) => {
    await using project = await PullProject.make({ shop: { url: `${api.url}${path}`, ...more } })
    const { code, stderr } = await project.pull(['shop'])
    expect(stderr).toContain(message)
    expect(code).toBe(65)
    expect(await project.files()).not.toContain(project.path(`intermediate/${DATE}/pull/shop.shop`))
  })
})

test('columns widen, from row to row and from night to night, and are kept', async () => {
  await using project = await PullProject.make({ shop: { url: `${api.url}/mixed`, table: 't' } })
  expect((await project.pull([])).stderr).toBe('')
  expect(await project.rows('shop.t')).toEqual([
    { id: '1', a: '1', b: null },
    { id: '2', a: '2.5', b: null },
    { id: '3', a: 'x', b: null },
    { id: null, a: null, b: 't' },
  ])
  // The next night there are fewer columns in the answer, and the same in the table.
  await project.configure({ shop: { url: `${api.url}/deaf`, table: 't' } })
  expect((await project.pull([])).stderr).toBe('')
  const { table } = await project.manifest('shop.t')
  expect(table.columns.slice(0, 3).map(({ name, type }) => [name, type.kind])).toEqual([
    ['id', 'integer'],
    ['a', 'text'],
    ['b', 'boolean'],
  ])
})

test('declared types: what does not fit rejects its row, by name, up to max_rejected', async () => {
  const columns = { a: 'decimal(5,2)', b: false }
  const source = { url: `${api.url}/mixed`, table: 't', columns }
  await using project = await PullProject.make({ shop: { ...source, max_rejected: '50%' } })
  expect((await project.pull([])).stderr).toBe('')
  expect(await project.rows('shop.t')).toEqual([
    { a: '1.00', id: '1' },
    { a: '2.50', id: '2' },
    { a: null, id: null },
  ])
  expect((await project.counts('shop.t')).rows).toEqual({ in: 4, out: 3, filtered: 0, rejected: 1 })
  expect(await project.rejected('shop.t')).toEqual([
    { reason: 'column `a`: `x` is no number', row: '{"id":3,"a":"x"}' },
  ])
  await project.configure({ shop: { ...source, key: 'id', max_rejected: 1 } })
  const { code, stderr } = await project.pull([])
  expect(code).toBe(65)
  expect(stderr).toContain('2 of 4 rows were rejected: column `a`: `x` is no number')
  expect((await project.rejected('shop.t'))[1]?.reason).toBe(
    'column `id`: it is a part of the key, and empty',
  )
})

test('with widen: false the columns of earlier nights stay as they are', async () => {
  await using project = await PullProject.make({ shop: { url: `${api.url}/deaf`, table: 't' } })
  expect((await project.pull([])).stderr).toBe('')
  const schema = project.path('.ferry/pull/shop.t.schema.json')
  const before = await readFile(schema, 'utf8')
  await project.configure({
    shop: {
      url: `${api.url}/mixed`,
      table: 't',
      widen: false,
      columns: { a: 'bigint' },
      max_rejected: 4,
    },
  })
  expect((await project.pull([])).stderr).toBe('')
  expect((await project.rejected('shop.t')).map(({ reason }) => reason)).toEqual([
    'column `a`: `2.5` is no integer of 64 bits',
    'column `a`: `x` is no integer of 64 bits',
  ])
  expect((await readFile(schema, 'utf8')).startsWith(before.slice(0, 100))).toBe(true)
})

test('a table with no rows ever has a manifest without columns and parts', async () => {
  await using project = await PullProject.make({
    shop: { url: `${api.url}/empty`, table: 't', ...byCursor },
  })
  expect((await project.pull([])).stderr).toBe('')
  const manifest = await project.manifest('shop.t')
  expect([manifest.parts, manifest.table.columns]).toEqual([[], []])
})

describe('what is new', () => {
  const source = (more: object) => ({
    shop: {
      url: `${api.url}/since`,
      table: 'things',
      key: 'id',
      params: { since: '{since}' },
      since: { field: 'updated_at', ...more },
    },
  })

  test('begins where the warehouse is, not where the last pull ended', async () => {
    await using project = await PullProject.make(source({}))
    expect((await project.pull([])).stderr).toBe('')
    const first = await project.manifest('shop.things')
    const newest = updatedAt(THINGS)
    expect(first.delivery).toMatchObject({
      mode: 'incremental',
      rows: 'all',
      from: null,
      to: newest,
    })
    // Nobody loaded it: the next pull has all of it again.
    expect((await project.pull([])).stderr).toBe('')
    expect(await project.rows('shop.things')).toHaveLength(THINGS)
    await project.loaded('shop.things', newest)
    expect((await project.pull([])).stderr).toBe('')
    const { delivery } = await project.manifest('shop.things')
    expect(delivery).toMatchObject({ rows: 'changes', from: newest, to: newest })
    // Equal time stamps are in it: 45, 46 and 47 share a second.
    expect((await project.rows('shop.things')).map(row => row['id'])).toEqual(['45', '46', '47'])
  })

  test('an overlap is read again', async () => {
    await using project = await PullProject.make(source({ overlap: '2s' }))
    await project.loaded('shop.things', updatedAt(THINGS))
    expect((await project.pull([])).stderr).toBe('')
    expect((await project.rows('shop.things'))[0]?.['id']).toBe('39')
  })

  test('a start is where the first night begins', async () => {
    await using project = await PullProject.make(source({ start: updatedAt(46) }))
    expect((await project.pull([])).stderr).toBe('')
    expect(await project.rows('shop.things')).toHaveLength(3)
  })

  test('what nobody loads may move on with the pull', async () => {
    const { shop } = source({})
    await using project = await PullProject.make({ shop: { ...shop, advance: 'pull' } })
    await project.pull([])
    await project.pull([])
    expect(await project.rows('shop.things')).toHaveLength(3)
  })
})

test('child tables are asked for once for each row of their parent', async () => {
  await using project = await PullProject.make({
    tracker: {
      url: api.url,
      tables: {
        parents: { url: '/parents', key: 'id' },
        children: {
          url: 'parents/{parents.id}/children',
          each: 'parents',
          key: ['parent', 'id'],
          add: { parent: '{parents.id}' },
        },
      },
    },
  })
  const { code, stderr } = await project.pull(['tracker'])
  expect([code, stderr]).toEqual([0, ''])
  const rows = await project.rows('tracker.children')
  expect(rows.map(row => [row['parent'], row['id'], row['of']])).toEqual([
    ['a/1', '1', 'a/1'],
    ['a/1', '2', null],
    ['b 2', '1', 'b 2'],
    ['b 2', '2', null],
  ])
})

test('CSV over HTTP: values are told from their spelling, and keep it where it matters', async () => {
  await using project = await PullProject.make({
    shop: { url: `${api.url}/csv`, table: 't', format: 'csv', key: 'id' },
  })
  expect((await project.pull([])).stderr).toBe('')
  expect(await project.rows('shop.t')).toEqual([
    { id: '1', zip: '01234', amount: '10', day: '2026-03-01' },
    { id: '2', zip: '1234', amount: '1,5', day: '2026-03-02' },
    { id: '3', zip: '', amount: '2.25', day: null },
  ])
})

test('--head prints the first rows and what their columns are, and leaves nothing', async () => {
  await using project = await PullProject.make({
    shop: { url: `${api.url}/cursor`, table: 'things', ...byCursor },
  })
  const before = await project.files()
  const { code, stdout, stderr } = await project.pull(['shop', '--head', '2'])
  expect(code).toBe(0)
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as { id: number })
  expect(rows.map(row => row.id)).toEqual([1, 2])
  expect(stderr).toContain('shop.things: 2 rows\n  id          int53\n')
  const dry = await project.pull(['shop', '--dry-run'])
  expect(dry.stdout).toContain(`shop.things: ${THINGS} rows\n`)
  expect(await project.files()).toEqual(before)
})
