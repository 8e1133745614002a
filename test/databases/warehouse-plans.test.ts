import { expect, test } from 'vitest'
import type { Engine } from '../../src/databases/engine.ts'
import { engineOf } from '../../src/databases/open-database.ts'
import { planRequests, printed, requestOf } from './warehouse-plans.ts'

const BLOBS = 'https://lake.blob.core.windows.net/stage/2026-11-28/tasks/'
const FILES = {
  mssql: { parts: [{ url: '/stage/part-0.csv.gz', bytes: 100 }] },
  redshift: {
    parts: [0, 1, 2, 3].map(n => ({ url: `s3://lake/stage/part-${n}.csv.gz`, bytes: 100 })),
    stage: {
      manifestUrl: 's3://lake/stage/manifest',
      folderUrl: 's3://lake/stage/',
      identity: 'arn:aws:iam::123456789012:role/ferry',
      region: 'eu-central-1',
    },
  },
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

test('synapse: the statements of a load by PolyBase', async () => {
  const { loading } = await engineOf('synapse://u@h/d')
  if (loading === undefined) throw new Error('a warehouse')
  const stage = { ...FILES.synapse.stage, identity: 'polybase:lake' }
  const text = printed(loading, loading.plan(requestOf('merge', { ...FILES.synapse, stage })))
  expect(text).not.toContain('COPY INTO')
  await expect(text).toMatchFileSnapshot('plans/synapse/merge-by-polybase.sql')
})

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

test('redshift: a table is laid out as ferry.yaml says', async () => {
  const { loading } = await engineOf('redshift://u@h/d')
  const statements = (design: object): string => {
    const request = requestOf('replace', FILES.redshift)
    const plan = loading?.plan({ ...request, design: { ...request.design, ...design } })
    return plan?.steps.map(({ text }) => text).join('\n') ?? ''
  }
  expect(statements({})).toContain(')\nDISTSTYLE AUTO SORTKEY AUTO')
  expect(statements({ distribution: 'even', sort: ['updated_at', 'id'] })).toContain(
    ')\nDISTSTYLE EVEN COMPOUND SORTKEY ("updated_at", "id")',
  )
  expect(statements({ distribution: { column: 'id' } })).toContain(
    ')\nDISTSTYLE KEY DISTKEY ("id") SORTKEY AUTO',
  )
  expect(statements({ compression: { price: 'AZ64' } })).toContain('numeric(10,2) ENCODE az64,')
  expect(() => statements({ sort: ['nope'] })).toThrow(/`nope`/)
  expect(() => statements({ compression: { price: 'a b' } })).toThrow(/`a b`/)
  const elsewhere = { ...FILES.redshift, stage: undefined }
  expect(() => loading?.plan(requestOf('merge', elsewhere))).toThrow(/Redshift cannot read/)
})

const FITS: readonly (readonly [
  string,
  Parameters<NonNullable<Engine['loading']>['fit']>[0],
  string,
  string,
])[] = [
  ['redshift', { kind: 'bytes' }, '\\x00ff', '00ff'],
  ['redshift', { kind: 'text', length: 10 }, 'é'.repeat(20), 'é'.repeat(20)],
  ['redshift', { kind: 'text', length: 10 }, 'x'.repeat(41), 'it has more than 40 bytes in UTF-8'],
  [
    'redshift',
    { kind: 'decimal', precision: 5, scale: 2 },
    'NaN',
    '`NaN` is no numeric of Redshift',
  ],
  [
    'redshift',
    { kind: 'timestamp', zone: true },
    'infinity',
    '`infinity` is not a day that COPY reads',
  ],
  ['mssql', { kind: 'date' }, '0044-03-15 BC', '`0044-03-15 BC` is not within the years 1 to 9999'],
  ['mssql', { kind: 'date' }, '0044-03-15', '0044-03-15'],
  ['mssql', { kind: 'float', bits: 64 }, '-Infinity', '`-Infinity` is no number of SQL Server'],
  ['mssql', { kind: 'decimal' }, 'NaN', 'NaN'], // it is a text there
  ['mssql', { kind: 'time', zone: false }, '24:00:00', '`24:00:00` is no time of day'],
  [
    'mssql',
    { kind: 'integer', bits: 128 },
    '9'.repeat(39),
    `\`${'9'.repeat(39)}\` has more than 38 digits`,
  ],
]
test.each(FITS)('%s: of %j, %s is %s', async (name, type, text, expected) => {
  const { loading } = await engineOf(`${name}://u@h/d`)
  const fitted = loading?.fit(type, text) ?? { reason: '' }
  expect('text' in fitted ? fitted.text : fitted.reason).toBe(expected)
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
