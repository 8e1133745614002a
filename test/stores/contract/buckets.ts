import { randomBytes } from 'node:crypto'
import { codeOf, expect, fresh, options, putText, type Suite } from './suite.ts'

export function buckets({ service, newBucket, capabilities, store, promise }: Suite): void {
  const newName = (): string => `made-${randomBytes(6).toString('hex')}`

  promise('buckets: made, there, removed, gone', async () => {
    await using bucket = await service().open(newName())
    expect(await bucket.bucket.exists(options())).toBe(false)
    expect(await bucket.bucket.create(options())).toBe('created')
    expect(await bucket.bucket.exists(options())).toBe(true)
    await bucket.bucket.remove(options())
    expect(await bucket.bucket.exists(options())).toBe(false)
  })

  promise('buckets: made twice', async () => {
    await using bucket = await service().open(newName())
    await bucket.bucket.create(options())
    expect(await bucket.bucket.create(options())).toBe('exists')
  })

  promise('buckets: one that is not there cannot be removed', async () => {
    await using bucket = await service().open(newName())
    expect(await codeOf(bucket.bucket.remove(options()))).toBe('BUCKET_NOT_FOUND')
  })

  promise('buckets: one with objects cannot be removed', async () => {
    const bucket = await newBucket()
    await putText(bucket, 'a', 'text')
    expect(await codeOf(bucket.bucket.remove(options()))).toBe('BUCKET_NOT_EMPTY')
    expect((await bucket.stat('a', options())).size).toBe(4)
  })

  promise('buckets: writing to one that is not there', async () => {
    await using bucket = await service().open(newName())
    const expected = capabilities().implicitBucket ? 'none' : 'BUCKET_NOT_FOUND'
    expect(await codeOf(putText(bucket, 'a', 'text'))).toBe(expected)
  })

  promise('buckets: the names of all, where there are such', async () => {
    await newBucket()
    const names = await Array.fromAsync(store().bucket.names(options()))
    if (capabilities().implicitBucket) expect(names).toEqual([])
    else expect(names.length).toBeGreaterThan(1)
    expect(names).toEqual([...names].sort())
  })

  promise('buckets: closed twice is no error', async () => {
    const bucket = await service().open(newName())
    await bucket.close()
    await bucket.close()
  })

  for (const method of ['GET', 'PUT'] as const) {
    promise(`signed URLs: ${method} without credentials`, async () => {
      const key = fresh('a b+c.csv')
      await putText(store(), key, 'text')
      const signing = store().presign(key, { method, expiresInS: 600, ...options() })
      if (!capabilities().presign) return expect(await codeOf(signing)).toBe('UNSUPPORTED')
      const body = method === 'PUT' ? { body: 'new text', headers: PUT_HEADERS } : {}
      const answer = await fetch(await signing, { method, ...body })
      expect(answer.ok).toBe(true)
      if (method === 'GET') return expect(await answer.text()).toBe('text')
      return expect((await store().stat(key, options())).size).toBe(8)
    })
  }

  promise('signed URLs: of one object do not open another', async () => {
    const [key, other] = [fresh('one'), fresh('two')]
    await putText(store(), key, 'text')
    await putText(store(), other, 'secret')
    const signing = store().presign(key, { method: 'GET', expiresInS: 600, ...options() })
    if (!capabilities().presign) return expect(await codeOf(signing)).toBe('UNSUPPORTED')
    const url = (await signing).replace(key, other)
    const answer = await fetch(url)
    await answer.arrayBuffer()
    return expect(answer.status).toBe(403)
  })
}

/** What Azure wants to be told; others pass it over. */
const PUT_HEADERS = { 'x-ms-blob-type': 'BlockBlob' }
