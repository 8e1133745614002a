/** Corners of the Singer specification, and what taps have added to it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DATE, PullProject } from './pull-project.ts'

const TAP = `${process.execPath} ${join(import.meta.dirname, 'taps/lines.mjs')}`

async function withRuns(...runs: readonly (readonly unknown[])[]): Promise<PullProject> {
  const project = await PullProject.make({ crm: { singer: `${TAP} --config c.json` } })
  await writeFile(project.path('c.json'), JSON.stringify({ runs }))
  return project
}

const schemaOf = (properties: object, key: readonly string[] = ['id']) => ({
  type: 'SCHEMA',
  stream: 'things',
  schema: { type: 'object', properties },
  key_properties: key,
})
const ID = { id: { type: 'integer' } }
const record = (record: object, more: object = {}) => ({
  type: 'RECORD',
  stream: 'things',
  record,
  ...more,
})
const state = (value: unknown) => ({ type: 'STATE', value })
const activate = (version: unknown) => ({ type: 'ACTIVATE_VERSION', stream: 'things', version })

async function pulled(project: PullProject) {
  const { code, stderr } = await project.pull(['crm'])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return await project.rows('crm.things')
}

test('a SCHEMA that comes again with more adds columns and widens others', async () => {
  await using project = await withRuns([
    schemaOf({ ...ID, size: { type: 'integer' } }),
    record({ id: 1, size: 5 }),
    schemaOf({ ...ID, size: { type: ['null', 'string'] }, note: { type: 'string' } }),
    record({ id: 2, size: 'large', note: 'new' }),
  ])
  expect(await pulled(project)).toEqual([
    { id: '1', size: '5', note: null },
    { id: '2', size: 'large', note: 'new' },
  ])
  const { table } = await project.manifest('crm.things')
  expect(table.columns.map(({ name, type }) => [name, type.kind])).toEqual([
    ['id', 'integer'],
    ['size', 'text'],
    ['note', 'text'],
  ])
})

test('nested objects, properties that the schema does not name, and numbers of any length', async () => {
  await using project = await withRuns([
    schemaOf({ ...ID, address: { type: 'object' }, price: { type: 'number', multipleOf: 1e-20 } }),
    '{"type":"RECORD","stream":"things","time_extracted":"2026-03-01T00:00:00Z","record":{"id":1,' +
      '"address":{"city":"Zürich","geo":[1.1,{"deep":null}]},"price":12345678901234567890.1234567890123456789,' +
      '"huge":123456789012345678901234567890,"extra":true}}',
  ])
  expect(await pulled(project)).toEqual([
    {
      id: '1',
      address: '{"city":"Zürich","geo":[1.1,{"deep":null}]}',
      price: '12345678901234567890.1234567890123456789',
      huge: '123456789012345678901234567890',
      extra: 't',
    },
  ])
})

test('a STATE counts when all that came before and after it has been delivered and loaded', async () => {
  await using project = await withRuns(
    [state({ run: 1 }), schemaOf(ID), record({ id: 1 })],
    [schemaOf(ID), record({ id: 2 })],
  )
  expect(await pulled(project)).toEqual([{ id: '1' }])
  expect(await pulled(project)).toEqual([{ id: '1' }]) // nothing was loaded
  const { delivery } = await project.manifest('crm.things')
  await project.loaded('crm.things', delivery.to ?? '')
  expect(await pulled(project)).toEqual([{ id: '2' }])
  // A run without a STATE is where the one before was.
  expect((await project.manifest('crm.things')).delivery).toMatchObject({
    from: delivery.to,
    to: delivery.to,
    rows: 'changes',
  })
})

test('an activated version takes the place of all rows, once', async () => {
  const version = { version: 7 }
  await using project = await withRuns(
    [schemaOf(ID), activate(7), record({ id: 1 }, version), activate(7), state({ run: 1 })],
    [schemaOf(ID), record({ id: 2 }, version), activate(7), state({ run: 2 })],
    [schemaOf(ID), record({ id: 3 }, { version: 8 }), activate(8), state({ run: 3 })],
  )
  const nights = [
    { id: '1', rows: 'all' },
    { id: '2', rows: 'changes' },
    { id: '3', rows: 'all' },
  ]
  for (const { id, rows } of nights) {
    expect(await pulled(project)).toEqual([{ id }])
    const { delivery } = await project.manifest('crm.things')
    expect(delivery.rows).toBe(rows)
    await project.loaded('crm.things', delivery.to ?? '')
  }
})

test('a stream without a key is replaced by its new version, and appended to otherwise', async () => {
  await using project = await withRuns(
    [schemaOf(ID, []), record({ id: 1 }, { version: 1 }), activate(1), state({ run: 1 })],
    [schemaOf(ID, []), record({ id: 2 }, { version: 1 }), activate(1), state({ run: 2 })],
  )
  await pulled(project)
  const first = (await project.manifest('crm.things')).delivery
  expect(first).toMatchObject({ mode: 'full', rows: 'all' })
  await project.loaded('crm.things', first.to ?? '')
  await pulled(project)
  expect((await project.manifest('crm.things')).delivery).toMatchObject({
    mode: 'append',
    rows: 'changes',
  })
})

test.each([
  [
    'records of two versions',
    [schemaOf(ID), record({ id: 1 }, { version: 1 }), record({ id: 2 }, { version: 2 })],
    64,
    'of two versions, 1 and 2',
  ],
  [
    'a version that its records do not have',
    [schemaOf(ID), record({ id: 1 }, { version: 1 }), activate(2)],
    64,
    'its records are of 1',
  ],
  ['a version before the SCHEMA', [activate(1)], 65, 'before its SCHEMA'],
  ['a version that is none', [schemaOf(ID), activate('x')], 65, 'without `version`'],
  [
    'another key',
    [schemaOf({ ...ID, b: {} }), record({ id: 1 }), schemaOf({ ...ID, b: {} }, ['b'])],
    65,
    'changed the key of `things`',
  ],
  [
    'a batch in a file',
    [schemaOf(ID), { type: 'BATCH', stream: 'things', manifest: ['file:///a'] }],
    64,
    'of the type `BATCH`',
  ],
])('%s: refused, and nothing is delivered', async (_, lines, exitCode, message) => {
  await using project = await withRuns(lines)
  const { code, stderr } = await project.pull(['crm'])
  expect(stderr).toContain(message)
  expect(code).toBe(exitCode)
  expect((await project.files()).filter(file => file.includes(`intermediate/${DATE}`))).toEqual([])
})
