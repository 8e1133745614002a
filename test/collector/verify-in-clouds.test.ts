import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAzurite } from '../../servers/azurite.ts'
import { startS3 } from '../../servers/s3.ts'
import { parseRows } from '../../src/collector/parse-rows.ts'
import { parseObjectUrl } from '../../src/formats/object-url.ts'
import { openStore } from '../../src/stores/open-store.ts'
import { collection, CollectorProject, type RunningCollector } from '../support/collector.ts'
import { runFerry, type RunResult } from '../support/run-ferry.ts'
import { silent } from '../support/silent-logger.ts'

interface Server {
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<unknown>
}

const CLOUDS: readonly [string, string, () => Promise<Server>][] = [
  [
    'S3',
    's3://events',
    async () => {
      const server = await startS3()
      return { env: { ...server.env }, stop: () => server.stop() }
    },
  ],
  [
    'Azure Blob Storage',
    'az://events',
    async () => {
      const server = await startAzurite()
      return { env: { ...server.env }, stop: () => server.stop() }
    },
  ],
]

describe.each(CLOUDS)('a day in %s', (_, bucket, start) => {
  let server: Server
  let project: CollectorProject
  beforeAll(async () => {
    server = await start()
    await using store = await openStore(parseObjectUrl(`${bucket}/`, '/'), {
      environment: server.env,
      logger: silent,
    })
    await store.bucket.create({ signal: AbortSignal.timeout(20_000) })
    project = await CollectorProject.make(
      `{ target: "${bucket}/day/{date}/{hour}/", workers: 2, segment: { size: 4kB } }`,
    )
  }, 180_000)
  afterAll(async () => {
    await project[Symbol.asyncDispose]()
    await server.stop()
  })

  const ferry = (...args: string[]): Promise<RunResult> =>
    runFerry(args, { cwd: project.directory, env: server.env })

  async function send({ url }: RunningCollector, numbers: readonly number[]): Promise<void> {
    const payloads = numbers.map(nr => ({ at: '1700000000', event: 'open', nr }))
    const answer = await fetch(`${url}/api/v1/track`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(collection(payloads)),
    })
    expect(answer.status).toBe(200)
  }

  test('is verified where it was delivered; the day and the report are written there', async () => {
    const collector = await project.start([], { ...server.env })
    // 200 events in many segments: 50 to 59 are missing, and 100 to 109 come twice.
    const numbers = Array.from({ length: 200 }, (_, at) => at).filter(nr => nr < 50 || nr > 59)
    for (let at = 0; at < numbers.length; at += 10)
      await send(collector, numbers.slice(at, at + 10))
    await send(collector, numbers.slice(90, 100))
    expect(await collector.stop()).toBe(0)
    const today = new Date().toISOString().slice(0, 10)
    const url = `${bucket}/day/{date}/{hour}/`
    const output = `${bucket}/days/${today}.csv.gz`
    const args = [
      '--date',
      today,
      '--json',
      '--output',
      output,
      '--report',
      `${bucket}/report.json`,
    ]
    const verified = await ferry('events', 'verify', url, ...args)
    expect([verified.code, verified.stderr]).toEqual([0, ''])
    const { sessions_with_gaps: gaps, ...report } = JSON.parse(verified.stdout)
    expect(report).toMatchObject({
      totals: { in: 200, out: 190, duplicates: 10, conflicts: 0, rejected: 0 },
      found: { missing: 10 },
      output: { url: output, rows: 190 },
    })
    expect(report.objects).toBeGreaterThan(2)
    expect(gaps).toMatchObject([{ gaps: [[50, 59]], duplicates: 10 }])
    expect(JSON.parse((await ferry('cat', `${bucket}/report.json`)).stdout)).toEqual(report)
    const day = await ferry('cat', output)
    const rows = [...parseRows(gunzipSync(day.bytes))]
    expect(rows.map(row => Number(row.nr))).toEqual(numbers)
    // What was written is a day like any other.
    const again = await ferry('events', 'verify', output, '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ totals: { in: 190, out: 190 } })
  })

  test('with no file of events is an error with its place', async () => {
    const answer = await ferry('events', 'verify', `${bucket}/nothing/`)
    expect([answer.code, answer.stdout]).toEqual([66, ''])
    expect(answer.stderr).toContain(`no file of events at \`${bucket}/nothing/\``)
  })
})
