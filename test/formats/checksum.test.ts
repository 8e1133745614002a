import { crc32c } from '@node-rs/crc32'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksumsAgree, combineCrc32c, crc32cHex } from '../../src/formats/checksum.ts'

test('the CRC of two pieces is that of their bytes one after the other', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
      const whole = crc32c(Buffer.concat([a, b]))
      expect(combineCrc32c(crc32c(a), crc32c(b), b.length)).toBe(whole)
    }),
  )
})

test('the CRC of the digits is the one that RFC 3720 and others print', () => {
  expect(crc32cHex(crc32c('123456789'))).toBe('e3069283')
})

test.each([
  [{ md5: 'a' }, { md5: 'a', crc32c: 'b' }, true],
  [{ md5: 'a', crc32c: 'c' }, { md5: 'a', crc32c: 'b' }, false],
  [{ md5: 'a' }, { crc32c: 'b' }, undefined],
  [{}, {}, undefined],
])('%j and %j agree: %s', (a, b, agree) => {
  expect(checksumsAgree(a, b)).toBe(agree)
})
