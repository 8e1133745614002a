import { setImmediate } from 'node:timers/promises'
import { bytesOf, codeOf, expect, fresh, options, putText, type Suite } from './suite.ts'

/** Offset and length in an object of 1,000,000 bytes. */
const RANGES: readonly (readonly [string, number, number])[] = [
  ['the first byte', 0, 1],
  ['the last byte', 999_999, 1],
  ['the first half', 0, 500_000],
  ['the second half', 500_000, 500_000],
  ['the middle', 123_456, 654_321],
  ['all', 0, 1_000_000],
]

export function reading({ store, promise, service }: Suite): void {
  for (const [what, offset, length] of RANGES) {
    promise(`reading: a range, ${what}`, async () => {
      const key = fresh()
      const bytes = bytesOf(1_000_000)
      await store().put(key, bytes, options())
      const { info, body } = await store().read(key, { range: { offset, length }, ...options() })
      const read = Buffer.concat(await Array.fromAsync(body))
      expect(read.equals(bytes.subarray(offset, offset + length))).toBe(true)
      expect(info.size).toBe(1_000_000)
    })
  }

  promise('reading: the whole, as a stream of pieces', async () => {
    const key = fresh()
    const bytes = bytesOf(2_500_000)
    await store().put(key, bytes, options())
    const { info, body } = await store().read(key, options())
    expect(Buffer.concat(await Array.fromAsync(body)).equals(bytes)).toBe(true)
    expect(info.size).toBe(bytes.length)
  })

  promise('reading: to places that are there, piece by piece', async () => {
    const key = fresh()
    const bytes = bytesOf(5_000_000)
    await store().put(key, bytes, options())
    const range = { offset: 1_000, length: 4_500_000 }
    const { body } = await store().read(key, { range, ...options() })
    const found = Buffer.alloc(range.length)
    let [at, told] = [0, 0]
    for (const size of [1, 70_000, 2_000_001, 1_300_000]) {
      await body.fill(found.subarray(at, at + size), count => (told += count))
      at += size
      expect(told).toBe(at)
      await setImmediate() // more comes meanwhile, for which there is no place yet
    }
    await body.readInto(found.subarray(at), count => (told += count))
    expect(told).toBe(range.length)
    expect(found.equals(bytes.subarray(range.offset, range.offset + range.length))).toBe(true)
  })

  promise(
    'reading: no more to a place than there is, and what is left may be given up',
    async () => {
      const key = fresh()
      await store().put(key, bytesOf(1_000), options())
      const { body } = await store().read(key, options())
      const target = Buffer.alloc(2_000)
      await expect(body.fill(target, () => {})).rejects.toThrow()
      const { body: other } = await store().read(key, options())
      await other.fill(target.subarray(0, 500), () => {})
      other.discard()
      other.discard()
    },
  )

  promise('reading: an empty object is an empty stream', async () => {
    const key = fresh()
    await store().put(key, Buffer.alloc(0), options())
    const { body } = await store().read(key, options())
    expect(Buffer.concat(await Array.fromAsync(body))).toHaveLength(0)
  })

  promise('reading: what is not there is OBJECT_NOT_FOUND', async () => {
    expect(await codeOf(store().read(fresh(), options()))).toBe('OBJECT_NOT_FOUND')
  })

  promise('reading: stat of what is not there is OBJECT_NOT_FOUND', async () => {
    expect(await codeOf(store().stat(fresh(), options()))).toBe('OBJECT_NOT_FOUND')
  })

  promise('reading: stat in a bucket that is not there is BUCKET_NOT_FOUND', async () => {
    await using missing = await service().open('no-such-bucket')
    expect(await codeOf(missing.stat('a', options()))).toMatch(/^(BUCKET|OBJECT)_NOT_FOUND$/)
  })

  promise('reading: with the ETag that it has', async () => {
    const key = fresh()
    const { etag } = await putText(store(), key, 'text')
    const { body } = await store().read(key, { ifMatch: etag, ...options() })
    expect(Buffer.concat(await Array.fromAsync(body)).toString()).toBe('text')
  })

  promise('reading: with another ETag is PRECONDITION_FAILED', async () => {
    const key = fresh()
    const { etag } = await putText(store(), key, 'text')
    await putText(store(), key, 'other')
    const read = store().read(key, { ifMatch: etag, ...options() })
    expect(await codeOf(read)).toBe('PRECONDITION_FAILED')
  })

  promise('reading: who stops early ends the request', async () => {
    const key = fresh()
    await store().put(key, bytesOf(8_000_000), options())
    for (let i = 0; i < 20; i++) {
      const { body } = await store().read(key, options())
      for await (const piece of body) {
        expect(piece.length).toBeGreaterThan(0)
        break
      }
    }
    expect((await store().stat(key, options())).size).toBe(8_000_000)
  })

  promise('reading: an aborted signal throws its reason', async () => {
    const key = fresh()
    await putText(store(), key, 'text')
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(store().read(key, { signal })).rejects.toBe(reason)
    await expect(store().stat(key, { signal })).rejects.toBe(reason)
    await expect(store().put(key, Buffer.from('x'), { signal })).rejects.toBe(reason)
  })

  promise('reading: twenty at once', async () => {
    const key = fresh()
    const bytes = bytesOf(300_000)
    await store().put(key, bytes, options())
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { body } = await store().read(key, options())
        return Buffer.concat(await Array.fromAsync(body))
      }),
    )
    expect(all.every(read => read.equals(bytes))).toBe(true)
  })
}
