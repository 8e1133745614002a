import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FerryError } from '../../src/core/errors.ts'
import { compareKeys } from '../../src/formats/object-key.ts'
import { manifestLines, parseManifest } from '../../src/formats/manifest.ts'

const part = fc.record({
  url: fc.string({ minLength: 1, unit: 'binary' }),
  bytes: fc.nat(),
  crc32c: fc.stringMatching(/^[0-9a-f]{8}$/),
  rows: fc.option(fc.nat(), { nil: undefined }),
})
const manifest = fc.record({ parts: fc.uniqueArray(part, { selector: one => one.url }) })

test('what is written is read back, in the order of URLs', () => {
  fc.assert(
    fc.property(manifest, written => {
      const text = [...manifestLines(written)].join('')
      const { parts } = parseManifest(text, 'm')
      const byUrl = (a: { url: string }, b: { url: string }): number => compareKeys(a.url, b.url)
      expect([...parts].sort(byUrl)).toEqual([...written.parts].sort(byUrl))
      expect([...manifestLines({ parts })].join('')).toBe(text)
    }),
  )
})

test('a manifest that is cut off or changed anywhere is refused, or says the same', () => {
  const parts = [
    { url: 's3://lake/a', bytes: 12, crc32c: '0123abcd', rows: 3 },
    { url: 's3://lake/b', bytes: 0, crc32c: '00000000', rows: undefined },
  ]
  const text = [...manifestLines({ parts })].join('')
  for (let at = 0; at < text.trimEnd().length; at++) {
    expect(() => parseManifest(text.slice(0, at), 'm')).toThrow(FerryError)
  }
  expect(() =>
    parseManifest(text.replace('"content_length":12,', '"content_length":13,'), 'm'),
  ).toThrow('its parts are 13 bytes, and it says 12')
  expect(() => parseManifest(text.replace('lake/b', 'lake/a'), 'm')).toThrow('lists a part twice')
  expect(() => parseManifest(text.replace('"version":1', '"version":2'), 'm')).toThrow('`version`')
  expect(() => parseManifest(text.replace('"crc32c":"00000000"', '"x":1'), 'm')).toThrow('crc32c')
})

test('rows are added up where all are known', () => {
  const known = { url: 'a', bytes: 1, crc32c: '00000000', rows: 3 }
  const last = (parts: Parameters<typeof manifestLines>[0]['parts']): string =>
    [...manifestLines({ parts })].at(-1) ?? ''
  expect(last([known, { ...known, url: 'b' }])).toBe(
    '],"meta":{"content_length":2,"record_count":6}}\n',
  )
  expect(last([known, { ...known, url: 'b', rows: undefined }])).toBe(
    '],"meta":{"content_length":2}}\n',
  )
})
