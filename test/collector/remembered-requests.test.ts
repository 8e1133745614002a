import { glob, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventOf, eventToRow } from '../../src/collector/event-json.ts'
import { readSegment } from '../../src/collector/read-segment.ts'
import {
  liveIdentities,
  RequestIdentities,
  type RequestIdentity,
} from '../../src/collector/request-identities.ts'
import { SeenRequests } from '../../src/collector/seen-requests.ts'
import { packRows } from '../../src/collector/row-packing.ts'
import {
  FRAME_HEADER_BYTES,
  identityTail,
  packedFrame,
  sealFrame,
} from '../../src/collector/segment-frame.ts'
import {
  CollectorProject,
  md5,
  type RunningCollector,
  signedRequest,
} from '../support/collector.ts'

const SECRET = 'a secret'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-remembered-'))
})
afterAll(async () => {
  await rm(directory, { recursive: true })
})

async function send({ url }: RunningCollector, request: RequestInit): Promise<number> {
  const answer = await fetch(`${url}/api/v1/track`, request)
  await answer.arrayBuffer()
  return answer.status
}

async function counted(
  collector: RunningCollector,
): Promise<{ stored: number; duplicate: number }> {
  const metrics = await collector.metrics()
  return {
    stored: metrics['events_stored_total'] ?? 0,
    duplicate: metrics['events_duplicate_total'] ?? 0,
  }
}

async function untilDelivered(collector: RunningCollector): Promise<void> {
  while ((await collector.metrics())['events_delivered_total'] !== 2) await sleep(20)
}

describe('a signed request that comes again after a restart is acknowledged, and not stored', () => {
  test.each<[string, string, (collector: RunningCollector) => Promise<unknown>]>([
    ['killed, with an open segment', 'age: 1h', collector => collector.kill()],
    [
      'killed, with the segment delivered',
      'age: 200ms',
      async collector => {
        await untilDelivered(collector)
        await collector.kill()
      },
    ],
    ['stopped', 'age: 1h', collector => collector.stop()],
  ])('%s', async (_, age, end) => {
    await using project = await CollectorProject.make(
      `{ workers: 2, secret: "${SECRET}", segment: { ${age} } }`,
    )
    const requests = [signedRequest(1, SECRET), signedRequest(2, SECRET)]
    const first = await project.start()
    for (const one of requests) expect(await send(first, one)).toBe(200)
    await end(first)
    // Twice: what a restart found, the next one finds too.
    for (let restart = 0; restart < 2; restart++) {
      const again = await project.start()
      for (const one of requests) expect(await send(again, one)).toBe(200)
      expect(await counted(again)).toEqual({ stored: 0, duplicate: 2 })
      await again.kill()
    }
    const last = await project.start()
    expect(await send(last, signedRequest(3, SECRET))).toBe(200)
    expect(await last.stop()).toBe(0)
    expect((await project.delivered()).map(one => one.nr).sort()).toEqual(['1', '2', '3'])
  })

  test('also where the store was away, and its segment goes later', async () => {
    await using project = await CollectorProject.make(
      `{ target: ./away/events/, workers: 1, secret: "${SECRET}", segment: { age: 100ms } }`,
    )
    await writeFile(join(project.directory, 'away'), 'a file where the folder should be')
    const request = signedRequest(1, SECRET)
    const first = await project.start()
    expect(await send(first, request)).toBe(200)
    while (!first.said.includes('it stays on disk')) await sleep(20)
    await first.kill()
    await rm(join(project.directory, 'away'))
    const second = await project.start()
    while ((await second.metrics())['events_delivered_total'] !== 1) await sleep(20)
    await second.kill()
    const third = await project.start()
    expect(await send(third, request)).toBe(200)
    expect(await counted(third)).toEqual({ stored: 0, duplicate: 1 })
    await third.kill()
  })

  test('one whose frame is torn was never acknowledged: it is stored when it comes again', async () => {
    await using project = await CollectorProject.make(
      `{ workers: 1, secret: "${SECRET}", segment: { age: 1h } }`,
    )
    const spool = join(project.directory, '.ferry/collect')
    const [whole, torn] = [signedRequest(1, SECRET), signedRequest(2, SECRET)]
    const first = await project.start()
    for (const one of [whole, torn]) expect(await send(first, one)).toBe(200)
    await first.kill()
    const [open = ''] = await Array.fromAsync(glob('*.open', { cwd: spool }))
    const segment = await readFile(join(spool, open))
    // Within the identities, behind the last row.
    await writeFile(join(spool, open), segment.subarray(0, segment.length - 7))
    const second = await project.start()
    for (const one of [whole, torn]) expect(await send(second, one)).toBe(200)
    expect(await counted(second)).toEqual({ stored: 1, duplicate: 1 })
    expect(await second.stop()).toBe(0)
    expect((await project.delivered()).map(one => one.nr)).toEqual(['1', '2'])
  })
})

test('a segment of an earlier version, whose frames have rows only, is delivered', async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const spool = await project.makeFolder('.ferry/collect')
  const texts = (nr: number): Record<string, string> => ({
    session: md5('s'),
    nr: String(nr),
    env: 'STAGING',
    event: 'open',
    at: '2026-03-01 10:00:00',
    received_at: '2026-03-01 10:00:01.000',
    sequence: String(1_700_000_000_000_000 + nr),
  })
  const frames = [[1, 2], [3]].map(numbers => {
    const rows = Buffer.concat(
      numbers.map(nr => eventToRow(eventOf(column => texts(nr)[column] ?? ''))),
    )
    const head = Buffer.alloc(12)
    head.write('FRY1', 'latin1')
    head.writeUInt32LE(rows.length, 4)
    head.writeUInt32LE(numbers.length, 8)
    const sum = Buffer.alloc(4)
    sum.writeUInt32LE(crc32(rows, crc32(head)))
    return Buffer.concat([head, sum, rows])
  })
  await writeFile(join(spool, '1700000000000001.ready'), Buffer.concat(frames))
  const half = frames[0]?.subarray(0, 40) ?? ''
  await writeFile(join(spool, '1700000000000009.open'), half)
  const collector = await project.start()
  expect(await collector.stop()).toBe(0)
  expect(collector.said).toContain('cut 40 bytes')
  expect((await project.delivered()).map(one => one.nr)).toEqual(['1', '2', '3'])
})

const identity = fc.record({
  high: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  low: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  expiresS: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
})

function pack(identities: readonly RequestIdentity[]): RequestIdentities {
  const packed = new RequestIdentities()
  for (const one of identities) packed.add(one)
  return packed
}

test('wherever a segment is cut, the frames before the cut are read with all that is theirs', async () => {
  const path = join(directory, 'segment')
  const frameParts = fc.record({
    rows: fc.array(fc.stringMatching(/^[a-z]{0,40}$/), { minLength: 1, maxLength: 5 }),
    identities: fc.array(identity, { maxLength: 4 }),
    packing: fc.constantFrom(undefined, 'gzip' as const, 'zstd' as const),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(frameParts, { maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (parts, cut) => {
        const frames = parts.map(({ rows, identities, packing }) => {
          if (packing !== undefined) {
            const text = Buffer.from(rows.map(row => `${row}\n`).join(''))
            const rest = { count: rows.length, lastSequence: 1, identities: pack(identities).bytes }
            return packedFrame(packRows(text, packing), rest)
          }
          const hasIdentities = identities.length > 0
          const tail = hasIdentities ? identityTail(pack(identities).bytes) : Buffer.alloc(0)
          const frame = Buffer.concat([
            Buffer.alloc(FRAME_HEADER_BYTES),
            Buffer.from(rows.map(row => `${row}\n`).join('')),
            tail,
          ])
          sealFrame(frame, rows.length, hasIdentities)
          return frame
        })
        const whole = Buffer.concat(frames)
        const size = Math.round(whole.length * cut)
        await writeFile(path, whole.subarray(0, size))
        let [end, kept] = [0, 0]
        for (const frame of frames) {
          if (end + frame.length > size) break
          end += frame.length
          kept++
        }
        const read = { rows: '', count: 0, identities: [] as RequestIdentity[], end: 0 }
        for await (const one of readSegment(path)) {
          read.rows += one.rows.toString()
          read.count += one.count
          read.identities.push(...liveIdentities(one.identities, 0))
          read.end = one.end
        }
        const expected = parts.slice(0, kept)
        expect(read).toEqual({
          rows: expected.flatMap(one => one.rows.map(row => `${row}\n`)).join(''),
          count: expected.flatMap(one => one.rows).length,
          identities: expected.flatMap(one => one.identities),
          end,
        })
      },
    ),
  )
})

describe('what left the spool with its segment', () => {
  const WINDOW_S = 600
  let folders = 0
  const newFolder = async (): Promise<string> => mkdtemp(join(directory, `seen-${folders++}-`))

  /** `count` requests that are taken at `nowS`. */
  const requests = (nowS: number, count: number, first = 0): RequestIdentity[] =>
    Array.from({ length: count }, (_, at) => ({
      high: nowS,
      low: first + at,
      expiresS: nowS + WINDOW_S,
    }))

  /** What a start at `nowS` finds. */
  async function found(folder: string, nowS: number, maxBytes?: number) {
    const all: RequestIdentity[] = []
    const seen = await SeenRequests.open(
      folder,
      packed => all.push(...liveIdentities(packed, nowS)),
      maxBytes,
    )
    return { seen, all }
  }

  async function bytesOf(folder: string): Promise<number> {
    let bytes = 0
    for await (const name of glob('*', { cwd: folder }))
      bytes += (await stat(join(folder, name))).size
    return bytes
  }

  test('is found until it expires, and is then gone from the disk', async () => {
    const folder = await newFolder()
    const { seen } = await found(folder, 1_000)
    const [old, young] = [requests(1_000, 10), requests(1_400, 10)]
    await seen.note(pack(old), 1_000)
    await seen.note(pack([...old, ...young]), 1_400) // its segment waited
    await seen.note(pack(requests(300, 10)), 1_400) // expired while theirs waited
    expect(new Set((await found(folder, 1_500)).all.map(one => one.high))).toEqual(
      new Set([1_000, 1_400]),
    )
    expect((await found(folder, 1_700)).all).toEqual(young)
    const later = await found(folder, 1_700)
    await later.seen.note(pack(requests(1_700, 1)), 1_700)
    await later.seen.note(pack([]), 2_100)
    expect((await found(folder, 2_100)).all).toEqual(requests(1_700, 1))
    await later.seen.note(pack([]), 2_400)
    await later.seen.note(pack([]), 2_401)
    expect(await bytesOf(folder)).toBe(0)
  })

  test('takes no more of the disk than two files, and the youngest are kept', async () => {
    const folder = await newFolder()
    const maxBytes = 12_000
    const { seen } = await found(folder, 1_000, maxBytes)
    let most = 0
    const sent: RequestIdentity[] = []
    for (let turn = 0; turn < 60; turn++) {
      const batch = requests(1_000, 100, 100 * turn)
      sent.push(...batch)
      await seen.note(pack(batch), 1_000 + turn)
      most = Math.max(most, await bytesOf(folder))
    }
    expect(most).toBeLessThanOrEqual(2 * (maxBytes + 1_300))
    const { all } = await found(folder, 1_060, maxBytes)
    expect(all.length).toBeGreaterThanOrEqual(1_000)
    expect(all).toEqual(sent.slice(-all.length))
  })

  test('half a frame at the end of the file is cut off, and others are written behind the rest', async () => {
    const folder = await newFolder()
    const { seen } = await found(folder, 1_000)
    await seen.note(pack(requests(1_000, 5)), 1_000)
    await seen.note(pack(requests(1_001, 5)), 1_001)
    const file = await readFile(join(folder, 'seen'))
    await writeFile(join(folder, 'seen'), file.subarray(0, file.length - 1))
    const again = await found(folder, 1_002)
    expect(again.all).toEqual(requests(1_000, 5))
    await again.seen.note(pack(requests(1_002, 5)), 1_002)
    expect((await found(folder, 1_003)).all).toEqual([...requests(1_000, 5), ...requests(1_002, 5)])
  })

  test('a disk that is full stops no segment from leaving it; they are noted when there is room', async () => {
    const folder = await newFolder()
    const { seen } = await found(folder, 1_000)
    await symlink('/dev/full', join(folder, 'seen'))
    await seen.note(pack(requests(1_000, 5)), 1_000)
    await rm(join(folder, 'seen'))
    expect((await found(folder, 1_001)).all).toEqual([])
    await seen.note(pack(requests(1_001, 5)), 1_001)
    expect((await found(folder, 1_002)).all).toEqual([...requests(1_000, 5), ...requests(1_001, 5)])
  })
})
