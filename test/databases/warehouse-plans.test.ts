import { expect, test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { planRequests, printed, requestOf } from './warehouse-plans.ts'

const BLOBS = 'https://lake.blob.core.windows.net/stage/2026-11-28/tasks/'
const FILES = {
  mssql: { parts: [{ url: '/stage/part-0.csv.gz', bytes: 100 }] },
  synapse: {
    parts: [0, 1].map(n => ({ url: `${BLOBS}part-${n}.csv.gz`, bytes: 100 })),
    stage: {
      manifestUrl: `${BLOBS}manifest`,
      folderUrl: BLOBS,
      identity: 'Managed Identity',
      region: undefined,
    },
  },
}

for (const [name, files] of Object.entries(FILES)) {
  for (const [title, request] of Object.entries(planRequests(files))) {
    test(`${name}: the statements of ${title}`, async () => {
      const { loading } = await engineOf(`${name}://u@h/d`)
      if (loading === undefined) throw new Error(`${name} is no warehouse`)
      const text = printed(loading, loading.plan(request))
      expect(text).not.toMatch(/NOT\s+IN\s*\(\s*SELECT/i)
      await expect(text).toMatchFileSnapshot(`plans/${name}/${title.replaceAll(/\W+/g, '-')}.sql`)
    })
  }
}

test('synapse: a table is laid out as ferry.yaml says', async () => {
  const { loading } = await engineOf('synapse://u@h/d')
  const statements = (design: object): string => {
    const request = requestOf('replace', FILES.synapse)
    const columns = request.design.columns.filter(({ name }) => ['id', 'price'].includes(name))
    const plan = loading?.plan({ ...request, design: { ...request.design, columns, ...design } })
    return plan?.steps.map(({ text }) => text).join('\n') ?? ''
  }
  expect(statements({})).toContain('(DISTRIBUTION = HASH([id]), CLUSTERED COLUMNSTORE INDEX)')
  expect(statements({ distribution: 'all' })).toContain('(DISTRIBUTION = REPLICATE, CLUSTERED')
  expect(statements({ distribution: 'even', sort: ['price'] })).toContain(
    '(DISTRIBUTION = ROUND_ROBIN, CLUSTERED COLUMNSTORE INDEX ORDER ([price]))',
  )
  expect(statements({ compression: { '*': 'heap' } })).toContain('HASH([id]), HEAP)')
  expect(() => statements({ distribution: { column: 'nope' } })).toThrow(/`nope`/)
  expect(() => statements({ compression: { '*': 'zip' } })).toThrow(/zip/)
})

test('synapse: what it cannot fetch is refused before anything runs', async () => {
  const { loading } = await engineOf('synapse://u@h/d')
  const plan = (files: object) => () => loading?.plan(requestOf('merge', files))
  const parts = [{ url: 's3://bucket/x', bytes: 1 }]
  expect(plan({ parts })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
  expect(plan({ compression: 'zstd' })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
  const known = [{ url: 'wasbs://c@a.blob.core.windows.net/k.gz', bytes: 1 }]
  const steps = plan({ parts: known })()?.steps.map(({ text }) => text)
  expect(steps?.join('\n')).toContain(`'https://a.blob.core.windows.net/c/k.gz'`)
})
