import { once } from 'node:events'
import { glob, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { collection, CollectorProject, type RunningCollector } from '../support/collector.ts'

const NOW = 'signature_window: off'

async function send({ url }: RunningCollector, ...numbers: number[]): Promise<Response> {
  const payloads = numbers.map(nr => ({
    at: '1700000000',
    event: 'open',
    nr,
    parameters: [{ name: 'n', value: String(nr) }],
  }))
  return fetch(`${url}/api/v1/track`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(collection(payloads)),
  })
}

describe('delivery', () => {
  test('JSON lines in zstd, under the hour', async () => {
    await using project = await CollectorProject.make(
      '{ target: "./lake/{year}/{month}/{day}/{hour}", format: jsonl, compress: zstd, workers: 1 }',
    )
    const collector = await project.start()
    expect((await send(collector, 1, 2)).status).toBe(200)
    expect(await collector.stop()).toBe(0)
    const [name = ''] = await Array.fromAsync(
      glob('lake/*/*/*/*/*.jsonl.zst', { cwd: project.directory }),
    )
    expect(name).toMatch(
      /^lake\/\d{4}\/\d\d\/\d\d\/\d\d\/[\w-]+-\d{4}-\d\d-\d\d-\d{16}\.jsonl\.zst$/,
    )
    const text = zstdDecompressSync(await readFile(join(project.directory, name))).toString()
    expect(
      text
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toMatchObject([
      { nr: 1, env: 'STAGING', parameters: [{ name: 'n', value: '1' }] },
      { nr: 2, env: 'STAGING', parameters: [{ name: 'n', value: '2' }] },
    ])
  })

  test("JSON lines of Segment's API have no `nr`: it gives none", async () => {
    await using project = await CollectorProject.make(
      '{ format: jsonl, compress: none, workers: 1, write_keys: [k] }',
    )
    const collector = await project.start()
    const headers = { Authorization: `Basic ${btoa('k:')}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ userId: 'u', event: 'e' })
    await fetch(`${collector.url}/v1/track`, { method: 'POST', headers, body })
    expect(await collector.stop()).toBe(0)
    const [name = ''] = await Array.fromAsync(glob('events/*/*.jsonl', { cwd: project.directory }))
    const event: unknown = JSON.parse(await readFile(join(project.directory, name), 'utf8'))
    expect(event).toMatchObject({ event: 'e', user_id: 'u' })
    expect(event).not.toHaveProperty('nr')
  })

  test('a store that is away: events wait on disk, and are delivered when it is back', async () => {
    await using project = await CollectorProject.make(
      `{ target: ./away/events/, segment: { age: 200ms }, workers: 1, ${NOW} }`,
    )
    await writeFile(join(project.directory, 'away'), 'a file where the folder should be')
    const collector = await project.start()
    expect((await send(collector, 1)).status).toBe(200)
    while (!collector.said.includes('it stays on disk')) await sleep(50)
    expect((await fetch(`${collector.url}/health`)).status).toBe(200)
    expect((await send(collector, 2)).status).toBe(200)
    await rm(join(project.directory, 'away'))
    while ((await collector.metrics())['events_delivered_total'] !== 2) await sleep(50)
    expect(await collector.stop()).toBe(0)
    expect((await project.delivered('away')).map(one => one.nr)).toEqual(['1', '2'])
  })

  test('a segment whose delivery was not noted is delivered again, and is there once', async () => {
    await using project = await CollectorProject.make('{ workers: 1, segment: { age: 1h } }')
    const spool = join(project.directory, '.ferry/collect')
    const first = await project.start()
    await send(first, 1, 2, 3)
    const [open = ''] = await Array.fromAsync(glob('*.open', { cwd: spool }))
    const segment = await readFile(join(spool, open))
    expect(await first.stop()).toBe(0)
    await writeFile(join(spool, open.replace('.open', '.ready')), segment)
    const second = await project.start()
    expect(await second.stop()).toBe(0)
    expect(second.said).not.toContain('cannot deliver')
    expect((await project.delivered()).map(one => one.nr)).toEqual(['1', '2', '3'])
    expect(await Array.fromAsync(glob('*.{open,ready}', { cwd: spool }))).toEqual([])
  })

  test('half a frame at the end is cut off; half a frame in a sealed segment is kept and told', async () => {
    await using project = await CollectorProject.make('{ workers: 1, segment: { age: 1h } }')
    const spool = join(project.directory, '.ferry/collect')
    const first = await project.start()
    await send(first, 1)
    await send(first, 2)
    const [open = ''] = await Array.fromAsync(glob('*.open', { cwd: spool }))
    await first.kill()
    const whole = await readFile(join(spool, open))
    await writeFile(join(spool, open), whole.subarray(0, whole.length - 3))
    await writeFile(join(spool, '0000000000000007.ready'), whole.subarray(0, whole.length - 3))
    const second = await project.start()
    while (!second.said.includes('is damaged')) await sleep(20)
    expect(await second.stop()).toBe(0)
    expect(second.said).toContain('half written')
    expect((await project.delivered()).map(one => one.nr)).toEqual(['1'])
    expect(await Array.fromAsync(glob('*.{open,ready}', { cwd: spool }))).toEqual([
      '0000000000000007.ready',
    ])
  })

  test('a full spool: 503 with Retry-After, and nothing that was taken is lost', async () => {
    await using project = await CollectorProject.make(
      '{ target: ./away/, max_disk: 20kB, segment: { size: 4kB }, workers: 1 }',
    )
    await writeFile(join(project.directory, 'away'), '')
    const collector = await project.start()
    const stored: number[] = []
    let refused: Response | undefined
    for (let nr = 1; nr < 2_000 && refused === undefined; nr++) {
      const answer = await send(collector, nr)
      if (answer.status === 200) stored.push(nr)
      else refused = answer
    }
    expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([503, '30'])
    expect((await fetch(`${collector.url}/health`)).status).toBe(503)
    await rm(join(project.directory, 'away'))
    while ((await fetch(`${collector.url}/health`)).status !== 200) await sleep(50)
    expect((await send(collector, 5_000)).status).toBe(200)
    expect(await collector.stop()).toBe(0)
    const numbers = (await project.delivered('away')).map(one => Number(one.nr))
    expect(numbers.sort((a, b) => a - b)).toEqual([...stored, 5_000])
  })
})

describe('operation', () => {
  test('SIGHUP reads the keys again; a wrong ferry.yaml changes nothing', async () => {
    await using project = await CollectorProject.make('{ write_keys: [old] }')
    const collector = await project.start()
    const track = async (key: string): Promise<number> => {
      const headers = {
        Authorization: `Basic ${btoa(`${key}:`)}`,
        'Content-Type': 'application/json',
      }
      const body = JSON.stringify({ userId: 'u', event: 'e', type: 'track', messageId: key })
      return (await fetch(`${collector.url}/v1/track`, { method: 'POST', headers, body })).status
    }
    expect([await track('old'), await track('new')]).toEqual([200, 401])
    await project.configure('{ write_keys: [new] }')
    collector.child.kill('SIGHUP')
    while (!collector.said.includes('read again')) await sleep(20)
    expect([await track('old'), await track('new')]).toEqual([401, 200])
    await project.configure('{ write_keys: 7 }')
    collector.child.kill('SIGHUP')
    while (!collector.said.includes('stay as they were')) await sleep(20)
    expect(await track('new')).toBe(200)
    expect(await collector.stop()).toBe(0)
  })

  test('two collectors cannot share a spool', async () => {
    await using project = await CollectorProject.make()
    const collector = await project.start()
    await expect(project.start()).rejects.toThrow(/ended with 75: .*another collector uses/s)
    await collector.stop()
  })

  test('a port that another program has is an error with what to do', async () => {
    await using project = await CollectorProject.make()
    await using server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const taken = typeof address === 'object' ? address?.port : undefined
    const refused = project.start(['--listen', `127.0.0.1:${taken}`])
    await expect(refused).rejects.toThrow(/ended with 75: .*choose another one with --listen/s)
  })

  test('a spool that cannot be written is an error with the folder', async () => {
    await using project = await CollectorProject.make('{ spool: ./spool }')
    await writeFile(join(project.directory, 'spool'), 'a file')
    await expect(project.start()).rejects.toThrow(/ended with (74|77): .*spool/s)
  })
})
