import { Readable } from 'node:stream'
import { transferObject } from '../../../src/stores/transfer-object.ts'
import { writeObject } from '../../../src/stores/write-object.ts'
import {
  bytesOf,
  codeOf,
  contentOf,
  crcOf,
  exists,
  expect,
  fresh,
  options,
  putText,
  type Suite,
} from './suite.ts'

const SIZES = [0, 1, 2, 1_023, 1_024, 65_535, 65_536, 65_537, 1_048_576, 1_048_577]

/** Sizes around a whole number of parts, as a difference from so many parts. */
const PARTS: readonly (readonly [string, number, number])[] = [
  ['nothing at all', 0, 0],
  ['one byte less than a part', 1, -1],
  ['exactly one part', 1, 0],
  ['one byte more than a part', 1, 1],
  ['one byte less than two parts', 2, -1],
  ['exactly two parts', 2, 0],
  ['one byte more than two parts', 2, 1],
]

export function content(suite: Suite): void {
  const { store, promise } = suite
  for (const size of SIZES) {
    promise(`content: ${size} bytes in one request`, async () => {
      const key = fresh()
      const bytes = bytesOf(size)
      const info = await store().put(key, bytes, options())
      expect(info.size).toBe(size)
      expect((await contentOf(store(), key)).equals(bytes)).toBe(true)
    })
  }
  for (const [what, parts, more] of PARTS) {
    const sizeOf = (): number => parts * partBytes(suite) + more
    promise(`content: a stream of ${what}`, async () => {
      const key = fresh()
      const bytes = bytesOf(sizeOf())
      const stream = Readable.from(pieces(bytes, 100_003), { objectMode: false })
      const info = await writeObject(store(), key, stream, {
        ...options(),
        partBytes: partBytes(suite),
      })
      expect(info.size).toBe(bytes.length)
      expect((await contentOf(store(), key)).equals(bytes)).toBe(true)
    })
    promise(`content: a transfer of ${what}`, async () => {
      const bytes = bytesOf(sizeOf())
      const from = fresh('from')
      const to = fresh('to')
      await store().put(from, bytes, options())
      const object = await store().stat(from, options())
      const more = { ...options(), partBytes: partBytes(suite) }
      const info = await transferObject(
        { store: store(), object },
        { store: store(), key: to },
        more,
      )
      expect(info.size).toBe(bytes.length)
      expect((await contentOf(store(), to)).equals(bytes)).toBe(true)
    })
  }

  promise('content: a stream that fails leaves nothing', async () => {
    const key = fresh()
    const failing = (async function* () {
      yield bytesOf(partBytes(suite) + 1)
      throw new Error('the source broke')
    })()
    const writing = writeObject(store(), key, failing, {
      ...options(),
      partBytes: partBytes(suite),
    })
    await expect(writing).rejects.toThrow('the source broke')
    expect(await exists(store(), key)).toBe(false)
  })

  promise('content: overwriting replaces all of it', async () => {
    const key = fresh()
    await store().put(key, bytesOf(10_000), options())
    await putText(store(), key, 'short')
    expect((await contentOf(store(), key)).toString()).toBe('short')
  })

  promise('content: overwriting changes the ETag', async () => {
    const key = fresh()
    const first = await putText(store(), key, 'one')
    const second = await putText(store(), key, 'two')
    expect(second.etag).not.toBe(first.etag)
    expect((await store().stat(key, options())).etag).toBe(second.etag)
  })

  promise('content: put, stat and listing tell the same', async () => {
    const key = fresh()
    const put = await putText(store(), key, 'the same')
    const stat = await store().stat(key, options())
    const [entry] = (await Array.fromAsync(store().list({ prefix: key, ...options() }))).flat()
    expect(entry?.kind).toBe('object')
    for (const info of [stat, entry?.kind === 'object' ? entry.object : undefined]) {
      expect(info?.size).toBe(put.size)
      expect(info?.etag).toBe(put.etag)
      expect(Math.abs((info?.modifiedAt.getTime() ?? 0) - Date.now())).toBeLessThan(120_000)
    }
  })

  promise('content: a checksum that the service keeps is the right one', async () => {
    const key = fresh()
    const bytes = bytesOf(5_000)
    await store().put(key, bytes, options())
    const { checksums } = await store().stat(key, options())
    const { wholeChecksum } = store().capabilities
    if (wholeChecksum === 'crc32c') expect(checksums.crc32c).toBe(crcOf(bytes))
    else if (wholeChecksum === 'md5') expect(checksums.md5).toMatch(/^[0-9a-f]{32}$/)
    else expect(checksums).toEqual({})
  })

  promise(
    'content: overwritten while it is read, one or the other is read, or an error',
    async () => {
      const key = fresh()
      const first = bytesOf(3_000_000)
      const second = bytesOf(3_000_000)
      await store().put(key, first, options())
      const reading = contentOf(store(), key).catch((error: unknown) => error)
      await store().put(key, second, options())
      const read = await reading
      if (read instanceof Error) expect(await codeOf(Promise.reject(read))).toMatch(CHANGED)
      else expect(first.equals(read as Buffer) || second.equals(read as Buffer)).toBe(true)
    },
  )

  promise('content: a reader that has begun sees no other bytes behind the first', async () => {
    const key = fresh()
    const first = Buffer.alloc(4_000_000, 1)
    await store().put(key, first, options())
    const { body } = await store().read(key, options())
    const iterator = body[Symbol.asyncIterator]()
    const pieces = [(await iterator.next()).value as Uint8Array]
    await store().put(key, Buffer.alloc(4_000_000, 2), options())
    let failure: unknown
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        pieces.push(next.value)
      }
    } catch (error) {
      failure = error
    }
    const read = Buffer.concat(pieces)
    expect(read.includes(2)).toBe(false)
    if (failure === undefined) expect(read.length).toBe(first.length)
  })
}

const CHANGED = /SOURCE_CHANGED|PRECONDITION_FAILED|TRANSFER_CORRUPT/

/** The smallest that the store takes, and not so small that thousands are needed. */
export function partBytes({ capabilities }: Suite): number {
  return Math.max(capabilities().minPartBytes, 262_144)
}

function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
