import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { test } from 'vitest'
import { md5hex } from '../../src/tracker/md5.ts'

test("the tracker's MD5 is that of everybody", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      return md5hex(bytes) === createHash('md5').update(bytes).digest('hex')
    }),
    { numRuns: 500 },
  )
})
