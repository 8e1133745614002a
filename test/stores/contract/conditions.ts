import { crc32c } from '@node-rs/crc32'
import { md5Of } from './hashes.ts'
import {
  bucketOf,
  codeOf,
  exists,
  expect,
  fresh,
  options,
  putText,
  type Suite,
  textOf,
} from './suite.ts'

export function conditions({ store, promise }: Suite): void {
  promise('conditions: only if absent, and it is', async () => {
    const key = fresh()
    await putText(store(), key, 'first', { condition: 'absent' })
    expect(await textOf(store(), key)).toBe('first')
  })

  promise('conditions: only if absent, and it is not', async () => {
    const key = fresh()
    await putText(store(), key, 'first')
    const put = putText(store(), key, 'second', { condition: 'absent' })
    expect(await codeOf(put)).toBe('PRECONDITION_FAILED')
    expect(await textOf(store(), key)).toBe('first')
  })

  promise('conditions: only if absent, after it was removed', async () => {
    const key = fresh()
    await putText(store(), key, 'first')
    await store().remove([key], options())
    await putText(store(), key, 'second', { condition: 'absent' })
    expect(await textOf(store(), key)).toBe('second')
  })

  promise('conditions: over an ETag that it has', async () => {
    const key = fresh()
    const { etag } = await putText(store(), key, 'first')
    await putText(store(), key, 'second', { condition: { etag } })
    expect(await textOf(store(), key)).toBe('second')
  })

  promise('conditions: over an ETag that it no longer has', async () => {
    const key = fresh()
    const { etag } = await putText(store(), key, 'first')
    await putText(store(), key, 'second')
    const put = putText(store(), key, 'third', { condition: { etag } })
    expect(await codeOf(put)).toBe('PRECONDITION_FAILED')
    expect(await textOf(store(), key)).toBe('second')
  })

  promise('conditions: over an ETag of what is not there', async () => {
    const key = fresh()
    const { etag } = await putText(store(), key, 'first')
    await store().remove([key], options())
    const put = putText(store(), key, 'second', { condition: { etag } })
    expect(await codeOf(put)).toMatch(/^(PRECONDITION_FAILED|OBJECT_NOT_FOUND)$/)
    expect(await exists(store(), key)).toBe(false)
  })

  promise('conditions: of ten that want to be first, one is', async () => {
    const key = fresh()
    const writers = Array.from({ length: 10 }, (_, at) => `writer ${at}`)
    const codes = await Promise.all(
      writers.map(text => codeOf(putText(store(), key, text, { condition: 'absent' }))),
    )
    expect(codes.filter(code => code === 'none')).toHaveLength(1)
    expect(codes.filter(code => code === 'PRECONDITION_FAILED')).toHaveLength(9)
    expect(await textOf(store(), key)).toBe(writers[codes.indexOf('none')])
  })

  promise('conditions: of ten that replace the same ETag, one does', async () => {
    const key = fresh()
    const { etag } = await putText(store(), key, 'before')
    const writers = Array.from({ length: 10 }, (_, at) => `writer ${at}`)
    const codes = await Promise.all(
      writers.map(text => codeOf(putText(store(), key, text, { condition: { etag } }))),
    )
    expect(codes.filter(code => code === 'none')).toHaveLength(1)
    expect(await textOf(store(), key)).toBe(writers[codes.indexOf('none')])
  })

  for (const [what, isThere] of [
    ['is', true],
    ['is not', false],
  ] as const) {
    promise(
      `conditions: an upload only if absent, and it ${isThere ? 'is not' : 'is'}`,
      async () => {
        const key = fresh()
        if (isThere) await putText(store(), key, 'first')
        const condition = 'absent'
        const upload = await store().uploads.start(key, options())
        const bytes = Buffer.from(`there ${what}`)
        const crc = crc32c(bytes)
        const part = { number: 1, offset: 0, bytes, crc32c: crc }
        const receipt = await store().uploads.putPart(upload, part, options())
        const whole = { parts: [receipt], size: bytes.length, crc32c: crc, md5: md5Of(bytes) }
        const code = await codeOf(
          store().uploads.complete(upload, whole, { ...options(), condition }),
        )
        expect(code).toBe(isThere ? 'PRECONDITION_FAILED' : 'none')
        expect(await textOf(store(), key)).toBe(isThere ? 'first' : bytes.toString())
        await store().uploads.abort(upload, options())
      },
    )
  }

  promise('conditions: a copy only if absent, and it is not', async () => {
    const from = fresh('from')
    const to = fresh('to')
    const { etag, size } = await putText(store(), from, 'source')
    await putText(store(), to, 'target')
    const source = { bucket: bucketOf(store()), key: from, etag, size }
    const copy = store().copy(source, to, { ...options(), condition: 'absent' })
    expect(await codeOf(copy)).toBe('PRECONDITION_FAILED')
    expect(await textOf(store(), to)).toBe('target')
  })
}
