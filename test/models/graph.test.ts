import fc from 'fast-check'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { orderModels } from '../../src/models/graph.ts'
import { loadModels, loadSomeModels } from '../../src/models/load-models.ts'
import { type ModelProject, parseModel, type ReadingModel } from '../../src/models/model.ts'
import { modelRules } from '../../src/models/rules.ts'

let project: ModelProject
beforeEach(async () => {
  project = {
    directory: await mkdtemp(join(tmpdir(), 'ferry-graph-')),
    folder: 'models/',
    warehouses: { hot: { url: 'duckdb:./hot.duckdb' }, cold: { url: 'duckdb:./cold.duckdb' } },
    sources: {
      shop: {
        url: 'postgres://shop',
        tables: { sales: {}, people: { target: 'people.txt' }, days: { target: false } },
      },
    },
  }
})
afterEach(() => rm(project.directory, { recursive: true, force: true }))

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    const path = join(project.directory, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}

const ref = (name: string): string => `<%= ref('${name}') %>`

test.each([
  [
    'a circle',
    {
      'models/a.sql': `select *\nfrom ${ref('b')}`,
      'models/sub/b.sql': `select * from ${ref('a')}`,
    },
    'models read each other in a circle: models/a.sql:2 -> models/sub/b.sql:1 -> models/a.sql',
  ],
  [
    'a model that reads itself',
    { 'models/a.sql': `select * from ${ref('a')}` },
    'in a circle: models/a.sql:1 -> models/a.sql',
  ],
  [
    'an unknown model',
    { 'models/orders.sql': 'select 1', 'models/b.sql': `select 1\nfrom ${ref('ordres')}` },
    'models/b.sql:2: no model `ordres`; did you mean `orders`?',
  ],
  [
    'an unknown model in a check',
    {
      'models/b.sql': `/*\nchecks:\n- relationships: { column: x, to: nobody, field: x }\n*/ select 1`,
    },
    'models/b.sql:3: no model `nobody`',
  ],
  [
    'an unknown source',
    { 'models/b.sql': `select 1 from <%= source('shob', 'sales') %>` },
    'models/b.sql:1: no source `shob` in ferry.yaml; did you mean `shop`?',
  ],
  [
    'an unknown table',
    { 'models/b.sql': `select 1 from <%= source('shop', 'sale') %>` },
    'models/b.sql:1: no table `sale` of the source `shop` in ferry.yaml; did you mean `sales`?',
  ],
  [
    'a model of another warehouse',
    { 'models/a.sql': '-- on: cold\nselect 1', 'models/b.sql': `select 1 from ${ref('a')}` },
    'models/b.sql:1: `a` (models/a.sql) is on the warehouse `cold`, this model on `hot`',
  ],
  [
    'an unknown warehouse',
    { 'models/a.sql': '-- on: cool\nselect 1' },
    'models/a.sql: no warehouse `cool`',
  ],
  [
    'a name twice',
    { 'models/a.sql': 'select 1', 'models/sub/A.sql': 'select 1' },
    'the model `a` is in models/sub/A.sql already',
  ],
  [
    'a name that cannot be',
    { 'models/a b.sql': 'select 1' },
    "models/a b.sql: a model's name has letters",
  ],
])('%s is an error that names the files', async (_, files, message) => {
  await write(files)
  await expect(loadModels(project)).rejects.toThrow(message)
  await expect(loadModels(project)).rejects.toMatchObject({ exitCode: 65 })
})

test('everything wrong is told at once', async () => {
  await write({
    'models/a.sql': '/*\nownr: x\n*/ select 1',
    'models/b.sql': '/*\nkeys: x\nowner: y\n*/ select 1',
  })
  await expect(loadModels(project)).rejects.toThrow(
    /a\.sql:2:1: .*ownr.*\nmodels\/b\.sql:2:1: .*keys/,
  )
})

test('files that begin with _ are no models, and one model needs no other to be right', async () => {
  await write({
    'models/_part.sql': 'where <% nonsense',
    'models/good.sql': 'select 1',
    'models/bad.sql': '-- materialize: nonsense\nselect 1',
  })
  const { chosen } = await loadSomeModels(['good'], project)
  expect(chosen.map(model => model.name)).toEqual(['good'])
  await expect(loadSomeModels(['god'], project)).rejects.toMatchObject({
    code: 'USAGE',
    hint: 'did you mean: ferry model good',
  })
})

test('rules come from what the models read', async () => {
  await write({
    'parts/days.sql': `<%= source('shop', 'people') %>`,
    'models/a.sql': `select * from <%= source('shop', 'sales') %> join <%= source('shop', 'days') %>`,
    'models/kpi/b.sql': `-- checks: [ { relationships: { column: x, to: c, field: x } } ]
select * from ${ref('a')} join <%= include('parts/days.sql') %>`,
    'models/c.sql': 'select 1 as x',
  })
  const { models, folders } = await loadModels(project)
  expect(folders).toEqual(['models', 'models/kpi'])
  const rules = new Map(modelRules(models, project.sources).map(rule => [rule.target, rule]))
  expect(rules.get('results/$(TODAY)/models/a.json')).toEqual({
    target: 'results/$(TODAY)/models/a.json',
    prerequisites: ['models/a.sql', 'intermediate/$(TODAY)/load/shop.sales'],
    recipe: ['ferry model a --date $(TODAY)'],
  })
  expect(rules.get('results/$(TODAY)/models/b.json')?.prerequisites).toEqual([
    'models/kpi/b.sql',
    'parts/days.sql',
    'results/$(TODAY)/models/a.json',
    'results/$(TODAY)/models/c.json',
    'people.txt',
  ])
  expect(rules.get('models')?.prerequisites).toHaveLength(3)
  expect(rules.get('checks')).toMatchObject({ doubleColon: true, prerequisites: ['models'] })
  expect(rules.get('model-a')).toMatchObject({ phony: true })
})

test('an order has each model after those that it reads, and a circle is found', () => {
  const edges = fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 30 })
  fc.assert(
    fc.property(edges, pairs => {
      const models = Array.from({ length: 13 }, (_, index) => {
        const reads = pairs
          .filter(([from]) => from === index)
          .map(([, to]) => ({ name: `m${to}`, line: 1 }))
        const file = { name: `m${index}`, file: `models/m${index}.sql` }
        const model = parseModel(file, '', project)
        return {
          ...model,
          reads: { refs: reads, sources: [], includes: [] },
        } satisfies ReadingModel
      })
      // Warshall's closure as the judge.
      const reach = new Set(pairs.map(([from, to]) => `${from} ${to}`))
      for (let k = 0; k < 13; k += 1) {
        for (let i = 0; i < 13; i += 1) {
          for (let j = 0; j < 13; j += 1) {
            if (reach.has(`${i} ${k}`) && reach.has(`${k} ${j}`)) reach.add(`${i} ${j}`)
          }
        }
      }
      const hasCircle = models.some((_, index) => reach.has(`${index} ${index}`))
      if (hasCircle) {
        expect(() => orderModels(models)).toThrow('in a circle')
        return
      }
      const names = orderModels(models).map(model => model.name)
      expect(new Set(names).size).toBe(13)
      for (const [from, to] of pairs) {
        expect(names.indexOf(`m${to}`)).toBeLessThan(names.indexOf(`m${from}`))
      }
    }),
    { numRuns: process.env['FERRY_SOAK'] === '1' ? 2_000 : 100 },
  )
})

test('a chain of 5,000 models is ordered', () => {
  const models = Array.from({ length: 5_000 }, (_, index): ReadingModel => {
    const model = parseModel({ name: `m${index}`, file: `m${index}.sql` }, '', project)
    const refs = index === 4_999 ? [] : [{ name: `m${index + 1}`, line: 1 }]
    return { ...model, reads: { refs, sources: [], includes: [] } }
  })
  expect(orderModels(models)[0]?.name).toBe('m4999')
})
