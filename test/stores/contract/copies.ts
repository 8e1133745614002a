import {
  bucketOf,
  bytesOf,
  codeOf,
  contentOf,
  expect,
  fresh,
  options,
  putText,
  type Suite,
  textOf,
} from './suite.ts'

export function copies({ store, newBucket, capabilities, promise }: Suite): void {
  promise('copies: within a bucket', async () => {
    const [from, to] = [fresh('from'), fresh('to')]
    const { etag, size } = await putText(store(), from, 'text')
    const info = await store().copy(
      { bucket: bucketOf(store()), key: from, etag, size },
      to,
      options(),
    )
    expect(info.key).toBe(to)
    expect(info.size).toBe(4)
    expect(await textOf(store(), to)).toBe('text')
    expect(await textOf(store(), from)).toBe('text')
  })

  promise('copies: from one bucket to another', async () => {
    const other = await newBucket()
    const { etag, size } = await putText(other, 'from', 'text')
    const to = fresh('to')
    await store().copy({ bucket: bucketOf(other), key: 'from', etag, size }, to, options())
    expect(await textOf(store(), to)).toBe('text')
  })

  promise('copies: some megabytes', async () => {
    const [from, to] = [fresh('from'), fresh('to')]
    const bytes = bytesOf(7_000_000)
    const { etag, size } = await store().put(from, bytes, options())
    await store().copy({ bucket: bucketOf(store()), key: from, etag, size }, to, options())
    expect((await contentOf(store(), to)).equals(bytes)).toBe(true)
  })

  promise('copies: an empty object', async () => {
    const [from, to] = [fresh('from'), fresh('to')]
    const { etag, size } = await store().put(from, Buffer.alloc(0), options())
    const info = await store().copy(
      { bucket: bucketOf(store()), key: from, etag, size },
      to,
      options(),
    )
    expect(info.size).toBe(0)
  })

  promise('copies: names with signs', async () => {
    const [from, to] = [fresh('a +%25é😀.csv'), fresh('b ?#&.csv')]
    const { etag, size } = await putText(store(), from, 'text')
    await store().copy({ bucket: bucketOf(store()), key: from, etag, size }, to, options())
    expect(await textOf(store(), to)).toBe('text')
  })

  promise('copies: over an object that is there', async () => {
    const [from, to] = [fresh('from'), fresh('to')]
    const { etag, size } = await putText(store(), from, 'new')
    await putText(store(), to, 'old')
    await store().copy({ bucket: bucketOf(store()), key: from, etag, size }, to, options())
    expect(await textOf(store(), to)).toBe('new')
  })

  promise('copies: onto itself, and it is as it was or refused', async () => {
    const key = fresh()
    const { etag, size } = await putText(store(), key, 'text')
    const source = { bucket: bucketOf(store()), key, etag, size }
    await codeOf(store().copy(source, key, options()))
    expect(await textOf(store(), key)).toBe('text')
  })

  promise('copies: onto itself, with other metadata', async () => {
    const key = fresh()
    const isKept = capabilities().metadata
    const { etag, size } = await putText(
      store(),
      key,
      'text',
      isKept ? { metadata: { a: '1' } } : {},
    )
    const source = { bucket: bucketOf(store()), key, etag, size }
    if (!isKept) {
      const copy = store().copy(source, key, { ...options(), metadata: { b: '2' } })
      expect(await codeOf(copy)).toBe('UNSUPPORTED')
      return
    }
    await store().copy(source, key, { ...options(), metadata: { b: '2' } })
    expect((await store().stat(key, options())).metadata).toEqual({ b: '2' })
    expect(await textOf(store(), key)).toBe('text')
  })

  promise('copies: type and metadata go with it', async () => {
    const [from, to] = [fresh('from'), fresh('to')]
    const kept = { contentType: 'text/csv', metadata: { a: '1' } }
    const more = capabilities().metadata ? kept : {}
    const { etag, size } = await putText(store(), from, 'text', more)
    await store().copy({ bucket: bucketOf(store()), key: from, etag, size }, to, options())
    const info = await store().stat(to, options())
    if (capabilities().metadata) expect(info).toMatchObject(kept)
    else expect(info.metadata).toBeUndefined()
  })

  promise('copies: other metadata in place of its own', async () => {
    const [from, to] = [fresh('from'), fresh('to')]
    if (!capabilities().metadata) {
      const { etag, size } = await putText(store(), from, 'text')
      const source = { bucket: bucketOf(store()), key: from, etag, size }
      const copy = store().copy(source, to, { ...options(), metadata: { b: '2' } })
      return expect(await codeOf(copy)).toBe('UNSUPPORTED')
    }
    const { etag, size } = await putText(store(), from, 'text', { metadata: { a: '1' } })
    const source = { bucket: bucketOf(store()), key: from, etag, size }
    await store().copy(source, to, { ...options(), metadata: { b: '2' } })
    return expect((await store().stat(to, options())).metadata).toEqual({ b: '2' })
  })

  promise('copies: a source that has changed is PRECONDITION_FAILED', async () => {
    const [from, to] = [fresh('from'), fresh('to')]
    const { etag, size } = await putText(store(), from, 'one')
    await putText(store(), from, 'two')
    const copy = store().copy({ bucket: bucketOf(store()), key: from, etag, size }, to, options())
    expect(await codeOf(copy)).toBe('PRECONDITION_FAILED')
  })

  promise('copies: a source that is not there', async () => {
    const { etag, size } = await putText(store(), fresh(), 'one')
    const source = { bucket: bucketOf(store()), key: fresh(), etag, size }
    expect(await codeOf(store().copy(source, fresh(), options()))).toBe('OBJECT_NOT_FOUND')
  })
}
