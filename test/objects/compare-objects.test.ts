import { expect, test } from 'vitest'
import { compareObjects, type Side } from '../../src/objects/compare-objects.ts'
import type { ObjectInfo } from '../../src/stores/store.ts'
import { listingStore } from './listing-store.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')

/** An object of a service that tells no checksum, so many minutes younger than NOW. */
function side(minutes: number, more: Partial<ObjectInfo> = {}): Side {
  const modifiedAt = new Date(NOW + minutes * 60_000)
  const object = { key: 'a', size: 5, modifiedAt, etag: '"1"', checksums: {}, ...more }
  const store = listingStore('service without checksums', async function* () {
    yield [{ kind: 'object', object }]
  })
  return { store: { ...store, stat: async () => object }, object }
}

const crc = (crc32c: string): Partial<ObjectInfo> => ({ checksums: { crc32c } })
const md5 = (text: string): Partial<ObjectInfo> => ({ checksums: { md5: text } })

// Two services without a checksum in common: their clocks may differ by a quarter of an hour.
test.each<[string, Side, Side, boolean, object]>([
  ['a target that is clearly younger', side(0), side(15), false, { same: true, by: 'time' }],
  ['one that is younger by less', side(0), side(14), false, { same: false, by: 'time' }],
  ['one that is older', side(0), side(-600), false, { same: false, by: 'time' }],
  [
    'checksums of two kinds',
    side(0, crc('a')),
    side(60, md5('b')),
    false,
    { same: true, by: 'time' },
  ],
  ['a source that changed since', side(0), side(600), true, { same: false, by: 'nothing' }],
  ['another size', side(0), side(600, { size: 6 }), false, { same: false, by: 'size' }],
  ['one checksum', side(0, crc('a')), side(600, crc('b')), false, { same: false, by: 'checksum' }],
  [
    'the same checksum',
    side(0, crc('a')),
    side(-600, crc('a')),
    false,
    { same: true, by: 'checksum' },
  ],
])('%s', async (...[, source, target, isKnownChanged, expected]) => {
  const options = { signal: AbortSignal.timeout(5_000), readsContent: false, isKnownChanged }
  expect(await compareObjects(source, target, options)).toEqual(expected)
})
