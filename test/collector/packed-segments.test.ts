import { execFileSync } from 'node:child_process'
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { combineCrc } from '../../src/collector/crc-combination.ts'
import { readBlocks } from '../../src/collector/read-segment.ts'
import { packRows } from '../../src/collector/row-packing.ts'
import { RowWriter } from '../../src/collector/row-writer.ts'
import { ContentCount, segmentFile } from '../../src/collector/segment-content.ts'
import { FRAME_HEADER_BYTES, packedFrame, sealFrame } from '../../src/collector/segment-frame.ts'
import type { Compression } from '../../src/formats/compression.ts'
import { collection, CollectorProject } from '../support/collector.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-packed-'))
})
afterAll(() => rm(directory, { recursive: true }))

const UNPACK = { gzip: ['gzip', '-dc'], zstd: ['zstd', '-dcq'] } as const

const unpackedBySystem = (path: string, compression: Compression): string => {
  const [command, ...args] = UNPACK[compression]
  return execFileSync(command, [...args, path], { maxBuffer: 1e9 }).toString()
}

const bytes = fc.uint8Array({ maxLength: 300 })

test('the checksum of two texts comes from those of each', () => {
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      const both = crc32(Buffer.concat([one, other]))
      expect(combineCrc(crc32(one), crc32(other), other.length)).toBe(both)
    }),
  )
  const long = Buffer.alloc(5_000_000, 'a text that comes again and again')
  expect(combineCrc(crc32('before'), crc32(long), long.length)).toBe(crc32(long, crc32('before')))
})

const lines = fc
  .array(fc.string({ maxLength: 40, unit: 'binary' }), { minLength: 1, maxLength: 30 })
  .map(texts => texts.map(text => `${text.replaceAll('\n', '')}\n`).join(''))
const frame = fc.record({
  text: lines,
  packing: fc.constantFrom(undefined, 'gzip' as const, 'zstd' as const),
})

describe.each(['gzip', 'zstd'] as const)('a delivered file in %s', compression => {
  test('is what the frames of its segment hold, however each of them is packed', async () => {
    const path = join(directory, `segment-${compression}`)
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), async frames => {
        await writeFile(path, Buffer.concat(frames.map(bytesOfFrame)))
        const count = new ContentCount()
        const file: Uint8Array[] = []
        for await (const piece of segmentFile(path, compression, count)) file.push(piece)
        await writeFile(`${path}.packed`, Buffer.concat(file))
        const text = frames.map(one => one.text).join('')
        expect(unpackedBySystem(`${path}.packed`, compression)).toBe(text)
        expect(count.rows).toBe(text.split('\n').length - 1)
      }),
      { numRuns: 40 },
    )
  })

  test('is one that every reader reads whole: of many groups, and one member in gzip', async () => {
    await using project = await CollectorProject.make(
      `{ workers: 1, compress: ${compression}, segment: { age: 1h } }`,
    )
    const collector = await project.start()
    for (let at = 0; at < 5; at++) await send(collector.url, at * 200, 200)
    await send(collector.url, 1_000, 1)
    expect(await collector.stop()).toBe(0)
    const [name = ''] = await Array.fromAsync(glob('events/**/*', { cwd: project.directory })).then(
      names => names.filter(one => one.includes('.csv')),
    )
    const path = join(project.directory, name)
    expect(unpackedBySystem(path, compression).split('\n')).toHaveLength(1_002)
    if (compression === 'gzip') {
      // A reader that stops behind the first member, as some do.
      const first =
        'import sys,zlib;print(zlib.decompressobj(31).decompress(sys.stdin.buffer.read()).count(b"\\n"))'
      const file = await readFile(path)
      expect(execFileSync('python3', ['-c', first], { input: file }).toString()).toBe('1001\n')
    }
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    const options = "delim = '\u0001', header = false, all_varchar = true"
    const sql = `SELECT count(*)::INTEGER, max(column03::INTEGER) FROM read_csv('${path}', ${options})`
    const reader = await connection.runAndReadAll(sql)
    expect(reader.getRows()).toEqual([[1_001, 1_000]])
    connection.closeSync()
    instance.closeSync()
  })
})

async function send(url: string, from: number, count: number): Promise<void> {
  const payloads = Array.from({ length: count }, (_, index) => ({
    at: '1700000000',
    event: 'open',
    nr: from + index,
    parameters: [{ name: 'list', value: String(index * 7_919) }],
  }))
  const answer = await fetch(`${url}/api/v1/track`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(collection(payloads)),
  })
  expect(answer.status).toBe(200)
}

function bytesOfFrame({
  text,
  packing,
}: {
  text: string
  packing: Compression | undefined
}): Buffer {
  const rows = Buffer.from(text)
  const count = text.split('\n').length - 1
  const identities = Buffer.alloc(0)
  if (packing !== undefined) {
    return packedFrame(packRows(rows, packing), { count, lastSequence: 7, identities })
  }
  const whole = Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), rows])
  sealFrame(whole, count, false)
  return whole
}

test('the number of the last row is told without unpacking', async () => {
  const path = join(directory, 'numbered')
  const parts = { count: 1, identities: Buffer.alloc(0) }
  for (const lastSequence of [1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    const packed = packRows(Buffer.from('row\n'), 'gzip')
    await writeFile(path, packedFrame(packed, { ...parts, lastSequence }))
    const blocks = await Array.fromAsync(readBlocks(path))
    expect(blocks.map(one => one.lastSequence)).toEqual([lastSequence])
  }
})

test('whole numbers are written as JavaScript writes them', () => {
  const numbers = fc.oneof(fc.maxSafeNat(), fc.nat(), fc.nat(100), fc.constantFrom(...EDGES))
  fc.assert(
    fc.property(numbers, number => {
      const rows = new RowWriter(64, 64)
      rows.putInteger(number)
      expect(rows.bytes.toString('latin1', 0, rows.length)).toBe(String(number))
    }),
  )
})
const EDGES = [99_999_999, 100_000_000, 100_000_001, 10 ** 15, 2 ** 53 - 1]
