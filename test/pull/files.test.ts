import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { PullProject } from './pull-project.ts'

const ids = async (project: PullProject, name: string): Promise<readonly unknown[]> =>
  (await project.rows(name))
    .map(row => row['id'])
    .toSorted((a, b) => (String(a) < String(b) ? -1 : 1))

test('files of a glob, whatever they are packed with, are one table', async () => {
  await using project = await PullProject.make({ sales: { files: 'in/{date}/*.csv*', key: 'id' } })
  await mkdir(project.path('in/2026-03-02'), { recursive: true })
  const write = (name: string, bytes: string | Uint8Array) =>
    writeFile(project.path(`in/2026-03-02/${name}`), bytes)
  await write('a.csv', '\ufeffid,note\n1,"a ""b"",\nc"\n2,\n')
  await write('b.csv.gz', gzipSync('id,note,more\r\n3,"",x\r\n\r\n4,é,y'))
  await write('c.csv.zst', zstdCompressSync('note,id\nz,5\n'))
  const { code, stderr } = await project.pull([])
  expect([code, stderr]).toEqual([0, ''])
  expect(await project.rows('sales.sales')).toEqual([
    { id: '1', note: 'a "b",\nc', more: null },
    { id: '2', note: null, more: null },
    { id: '3', note: '', more: 'x' },
    { id: '4', note: 'é', more: 'y' },
    { id: '5', note: 'z', more: null },
  ])
})

test('lines of JSON and documents with rows in them; what is no row is kept with its reason', async () => {
  await using project = await PullProject.make({
    lines: { files: 'in.jsonl', max_rejected: 1 },
    document: { files: ['in.json'], rows: "$.data[?@.kind == 'row']", columns: { kind: false } },
  })
  await writeFile(project.path('in.jsonl'), '{"id":1}\n{"id":2\n{"id":9007199254740993}\n')
  await writeFile(
    project.path('in.json'),
    '{"data":[{"kind":"row","id":1},{"kind":"sum","id":2},{"kind":"row","id":3}]}',
  )
  expect((await project.pull([])).stderr).toBe('')
  expect(await ids(project, 'lines.lines')).toEqual(['1', '9007199254740993'])
  expect(await project.rejected('lines.lines')).toEqual([
    { reason: 'it is no JSON', row: '{"id":2' },
  ])
  expect(await ids(project, 'document.document')).toEqual(['1', '3'])
})

describe('bad files', () => {
  test.each([
    ['a record that is too short', 'id,a\n1\n', 65, 'it has 1 values, and the header 2'],
    ['a value that does not end', 'id,a\n1,"x\n', 65, 'the file ends inside of a quoted value'],
    ['a header with a name twice', 'id,id\n1,2\n', 65, 'the header line names `id` twice'],
    ['other bytes than UTF-8', Buffer.from([0x69, 0x64, 0x0a, 0xe9, 0x0a]), 65, 'is not UTF-8'],
  ])('%s', async (_, content, exitCode, message) => {
    await using project = await PullProject.make({ f: { files: 'in.csv' } })
    await writeFile(project.path('in.csv'), content)
    const { code, stderr } = await project.pull([])
    expect(stderr).toContain(message)
    expect(code).toBe(exitCode)
  })

  test('a pattern that matches nothing is no empty table', async () => {
    await using project = await PullProject.make({ f: { files: 'in/*.csv' } })
    await mkdir(project.path('in'))
    expect((await project.pull([])).code).toBe(66)
  })

  test('a Parquet file that is cut off', async () => {
    await using project = await PullProject.make({ f: { files: 'in.parquet' } })
    await writeFile(project.path('in.parquet'), 'PAR1')
    const { code, stderr } = await project.pull([])
    expect([code, stderr.includes('in.parquet`: it is no Parquet file, or cut off')]).toEqual([
      65,
      true,
    ])
  })
})

test('Parquet: every value arrives as DuckDB wrote it', async () => {
  await using project = await PullProject.make({ f: { files: 'in.parquet', key: 'id' } })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (
    SELECT i AS id, (i * 123456789012345)::HUGEINT::DECIMAL(38, 5) / 7 AS money,
           (-i)::DECIMAL(9, 2) AS debt, 9007199254740993 + i AS large, i / 3 AS ratio,
           TIMESTAMPTZ '2026-03-01 10:00:00.123456+02' AS at, TIMESTAMP '1969-12-31 23:59:59.5' AS plain,
           DATE '1815-12-10' AS day, i % 2 = 0 AS even, 'ünï "q"' AS name, '\\xAB\\x00'::BLOB AS bytes,
           [i, i + 1] AS list, {'a': i, 'b': 'x'} AS struct, NULL::INTEGER AS nothing, TIME '10:11:12.5' AS clock
    FROM range(5000) AS t(i)) TO '${project.path('in.parquet')}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)`)
  const reader = await connection.runAndReadAll(
    `SELECT money::VARCHAR, debt::VARCHAR, ratio::VARCHAR FROM '${project.path('in.parquet')}' WHERE id IN (0, 7, 4999) ORDER BY id`,
  )
  const texts = reader.getRows()
  connection.closeSync()
  instance.closeSync()
  expect((await project.pull([])).stderr).toBe('')
  const rows = await project.rows('f.f')
  expect(rows).toHaveLength(5_000)
  for (const [at, id] of [0, 7, 4999].entries()) {
    const row = rows[id]
    const [money, debt, ratio] = (texts[at] ?? []).map(Number)
    expect([Number(row?.['money']), Number(row?.['debt']), Number(row?.['ratio'])]).toEqual([
      money,
      debt,
      ratio,
    ])
  }
  expect(rows[7]).toMatchObject({
    id: '7',
    debt: '-7',
    large: '9007199254741000',
    at: '2026-03-01 08:00:00.123456+00',
    plain: '1969-12-31 23:59:59.5',
    day: '1815-12-10',
    even: 'f',
    name: 'ünï "q"',
    bytes: String.raw`\xab00`,
    list: '[7,8]',
    struct: '{"a":7,"b":"x"}',
    clock: '10:11:12.5',
  })
})

describe('only new or changed files', () => {
  const toOf = async (project: PullProject): Promise<string> =>
    (await project.manifest('f.f')).delivery.to ?? ''

  test('of a store, by what each warehouse has', async () => {
    await using project = await PullProject.make({
      f: { files: 'in/*.csv', changed: true, key: 'id' },
    })
    await mkdir(project.path('in'))
    const write = (name: string, id: number) =>
      writeFile(project.path(`in/${name}.csv`), `id\n${id}\n`)
    await write('a', 1)
    await write('b', 2)
    expect((await project.pull([])).stderr).toBe('')
    expect(await ids(project, 'f.f')).toEqual(['1', '2'])
    expect((await project.manifest('f.f')).delivery.rows).toBe('all')
    await project.pull([])
    expect(await ids(project, 'f.f')).toEqual(['1', '2']) // nobody loaded it yet
    await project.loaded('f.f', await toOf(project))
    await write('c', 3)
    await write('b', 22)
    await project.pull([])
    expect(await ids(project, 'f.f')).toEqual(['22', '3'])
    expect((await project.manifest('f.f')).delivery.rows).toBe('changes')
    await project.loaded('f.f', await toOf(project))
    await project.pull([])
    expect(await ids(project, 'f.f')).toEqual([])
    // An older file that comes late is new.
    await write('0', 4)
    await rm(project.path('in/a.csv'))
    await project.pull([])
    expect(await ids(project, 'f.f')).toEqual(['4'])
  })

  test('of a web server, by its ETags', async () => {
    let content = 'id\n1\n'
    let sent = 0
    const server = createServer((request, response) => {
      const etag = `"${createHash('md5').update(content).digest('hex')}"`
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304).end()
        return
      }
      sent++
      response.writeHead(200, { etag }).end(content)
    }).listen(0, '127.0.0.1')
    try {
      await new Promise(resolve => server.once('listening', resolve))
      const { port } = server.address() as AddressInfo
      const files = `http://127.0.0.1:${port}/{date}/data.csv`
      await using project = await PullProject.make({ f: { files, changed: true } })
      expect((await project.pull([])).stderr).toBe('')
      await project.loaded('f.f', await toOf(project))
      expect((await project.pull([])).stderr).toBe('')
      expect([await ids(project, 'f.f'), sent]).toEqual([[], 1])
      content = 'id\n2\n'
      await project.pull([])
      expect([await ids(project, 'f.f'), sent]).toEqual([['2'], 2])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

describe('a command', () => {
  test('is told where to begin, and its rows are a table', async () => {
    await using project = await PullProject.make({
      c: {
        command: `printf 'id\\tat\\n1\\t2026-03-01\\n2\\t2026-03-05\\n'; echo "since $FERRY_SINCE on $TODAY" >&2`,
        format: 'tsv',
        key: 'id',
        since: { field: 'at' },
      },
    })
    expect((await project.pull([])).stderr).toBe('since  on 2026-03-02\n')
    const { delivery } = await project.manifest('c.c')
    expect(delivery.to).toBe('2026-03-05')
    await project.loaded('c.c', '2026-03-05')
    expect((await project.pull([])).stderr).toBe('since 2026-03-05 on 2026-03-02\n')
  })

  test('that fails at its end has said nothing', async () => {
    await using project = await PullProject.make({ c: { command: 'echo {}; exit 3' } })
    const { code, stderr } = await project.pull([])
    expect([code, stderr.includes('failed with exit code 3')]).toEqual([75, true])
    expect((await project.files()).filter(file => file.includes('intermediate'))).toEqual([])
  })

  test('does not show itself in the list of processes', async () => {
    await using project = await PullProject.make({
      c: {
        command:
          "SECRET='s3cr3t-${WORD}'; tr '\\0' ' ' < /proc/$$/cmdline | tr -d '\"' | sed 's/.*/{\"line\":\"&\"}/'",
      },
    })
    expect((await project.pull([], { WORD: 'xyzzy' })).stderr).toBe('')
    const [row] = await project.rows('c.c')
    expect(row?.['line']).toContain('eval $FERRY_COMMAND')
    expect(row?.['line']).not.toContain('xyzzy')
  })
})
