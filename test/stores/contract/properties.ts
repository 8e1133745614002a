import { crc32c } from '@node-rs/crc32'
import { md5Of } from './hashes.ts'
import { codeOf, expect, fresh, options, putText, type Suite } from './suite.ts'

/** Each is kept by a store that keeps such things, and refused by one that does not. */
const PROPERTIES = [
  ['a content type', { contentType: 'text/csv; charset=utf-8' }],
  ['a content encoding', { contentEncoding: 'gzip' }],
  ['metadata', { metadata: { owner: 'kpi', run_2: 'a b' } }],
  ['metadata with an empty value', { metadata: { note: '' } }],
  ['metadata with signs', { metadata: { note: `a=b; "c", 'd' + e%20f` } }],
  ['metadata with letters beyond ASCII', { metadata: { note: 'naïve 数据' } }],
  ['metadata with upper case in its name', { metadata: { Owner: 'kpi' } }],
] as const

export function properties({ store, capabilities, promise }: Suite): void {
  for (const [what, given] of PROPERTIES) {
    promise(`properties: ${what}`, async () => {
      const key = fresh()
      if (!capabilities().metadata) {
        expect(await codeOf(putText(store(), key, 'text', given))).toBe('UNSUPPORTED')
        return
      }
      await putText(store(), key, 'text', given)
      const info = await store().stat(key, options())
      if ('contentType' in given) expect(info.contentType).toBe(given.contentType)
      if ('contentEncoding' in given) expect(info.contentEncoding).toBe(given.contentEncoding)
      if ('metadata' in given) expect(info.metadata).toEqual(inLowerCase(given.metadata))
    })
  }

  promise('properties: encoded bytes come back as they were stored', async () => {
    const key = fresh()
    const bytes = Buffer.from('1f8b080000000000000303000000000000000000', 'hex')
    const more = capabilities().metadata ? { contentEncoding: 'gzip' } : {}
    await store().put(key, bytes, { ...options(), ...more })
    const { body } = await store().read(key, options())
    expect(Buffer.concat(await Array.fromAsync(body)).equals(bytes)).toBe(true)
  })

  promise('properties: overwriting forgets those of before', async () => {
    const key = fresh()
    if (capabilities().metadata) {
      await putText(store(), key, 'one', { metadata: { a: '1' }, contentType: 'text/plain' })
    }
    await putText(store(), key, 'two')
    const info = await store().stat(key, options())
    expect(info.metadata ?? {}).toEqual({})
    expect(info.contentType).not.toBe('text/plain')
  })

  promise('properties: of an upload in parts', async () => {
    const key = fresh()
    const kept = { contentType: 'text/plain', metadata: { a: '1' } }
    const more = capabilities().metadata ? kept : {}
    const all = { ...options(), ...more }
    const upload = await store().uploads.start(key, all)
    const bytes = Buffer.from('in parts')
    const crc = crc32c(bytes)
    const part = { number: 1, offset: 0, bytes, crc32c: crc }
    const receipt = await store().uploads.putPart(upload, part, options())
    const whole = { parts: [receipt], size: bytes.length, crc32c: crc, md5: md5Of(bytes) }
    await store().uploads.complete(upload, whole, all)
    const info = await store().stat(key, options())
    if (!capabilities().metadata) return expect(info.metadata).toBeUndefined()
    expect(info.contentType).toBe('text/plain')
    return expect(info.metadata).toEqual({ a: '1' })
  })

  promise('properties: a storage class that there is', async () => {
    const key = fresh()
    const [first] = capabilities().storageClasses
    if (first === undefined) {
      const put = putText(store(), key, 'text', { storageClass: 'COLD' })
      return expect(await codeOf(put)).toBe('UNSUPPORTED')
    }
    await putText(store(), key, 'text', { storageClass: first })
    const { storageClass } = await store().stat(key, options())
    return expect(storageClass ?? first).toBe(first) // some leave their default unsaid
  })

  promise('properties: a storage class that there is not is refused', async () => {
    const put = putText(store(), fresh(), 'text', { storageClass: 'NO_SUCH_CLASS' })
    expect(await codeOf(put)).toMatch(/^(UNSUPPORTED|USAGE|DATA_INVALID)$/)
  })
}

function inLowerCase(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]),
  )
}
