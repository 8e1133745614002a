import { type Checksums, crc32cHex } from '../../../formats/checksum.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import { textHeader } from '../../../clouds/http/headers.ts'

/**
 * Azure keeps no checksum of a whole blob but the MD5 that its writer gives, and MD5 is slow and takes bytes in
 * their order. So what is put together of blocks has its CRC-32C in its metadata too, which parts that come in
 * any order are checked by. It stands beside the MD5 it was written with, and counts only while the blob still
 * has that one: who writes other bytes and keeps the metadata leaves no CRC that would be believed.
 */
export const CRC_HEADER = 'x-ms-meta-ferry_crc32c'

const VALUE = /^([0-9a-f]{8})-([0-9a-f]{32})$/

/** Nothing without an MD5 to tie it to. */
export function crcHeaders({
  md5,
  crc32c,
}: {
  readonly md5?: string | undefined
  readonly crc32c?: number | undefined
}): Record<string, string> {
  if (md5 === undefined || crc32c === undefined) return {}
  return { [CRC_HEADER]: `${crc32cHex(crc32c)}-${md5}` }
}

/** With the CRC-32C, if there is one of the blob that has this MD5. */
export function withKeptCrc(checksums: Checksums, headers: WireAnswer['headers']): Checksums {
  const [, crc32c, md5] = VALUE.exec(textHeader(headers, CRC_HEADER) ?? '') ?? []
  const isTied = crc32c !== undefined && md5 === checksums.md5
  return isTied ? { ...checksums, crc32c } : checksums
}
