import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { crc32c } from '@node-rs/crc32'
import { crc32cHex } from '../formats/checksum.ts'
import type { ManifestPart } from '../formats/manifest.ts'

/** A file of this machine as a part of a delivery. */
export async function packedPart(
  path: string,
  rows: number,
): Promise<ManifestPart & { readonly rows: number }> {
  let sum = 0
  for await (const bytes of createReadStream(path)) sum = crc32c(bytes as Buffer, sum) // no encoding is set
  return { url: path, bytes: (await stat(path)).size, crc32c: crc32cHex(sum), rows }
}
