import { crc32c } from '@node-rs/crc32'
import { crc32cHex } from '../formats/checksum.ts'
import type { Counted } from '../stores/verify.ts'

/** The bytes as they are; at their end the check sees what they were, and may throw to the reader. */
export async function* checked(
  source: AsyncIterable<Uint8Array>,
  check: ((counted: Counted) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  let size = 0
  let crc = 0
  for await (const bytes of source) {
    size += bytes.length
    if (check !== undefined) crc = crc32c(bytes, crc)
    yield bytes
  }
  check?.({ size, checksums: { crc32c: crc32cHex(crc) } })
}
