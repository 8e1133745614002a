import type { Compression } from '../formats/compression.ts'
import { combineCrc } from './crc-combination.ts'
import type { PackedRows } from './segment-frame.ts'

/** The head of a gzip file without a name or a time, of the fastest packing, from any system. */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff])
/** A last block of deflate that holds nothing. */
const LAST_BLOCK = Buffer.from([3, 0])
const HALF = 2 ** 32

/**
 * Packed rows behind each other as one file. For gzip that is one member, as not every reader goes on
 * behind the first: the checksum of all is put together from those of the pieces. For zstd, frames.
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
export async function* packedFile(
  pieces: AsyncIterable<readonly PackedRows[]>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  if (compression === 'gzip') yield GZIP_HEAD
  let crc = 0
  let bytes = 0
  for await (const some of pieces) {
    for (const piece of some) {
      crc = combineCrc(crc, piece.crc, piece.bytes)
      bytes += piece.bytes
    }
    yield Buffer.concat(some.map(({ packed }) => packed))
  }
  if (compression !== 'gzip') return
  const end = Buffer.alloc(8)
  end.writeUInt32LE(crc, 0)
  end.writeUInt32LE(bytes % HALF, 4)
  yield Buffer.concat([LAST_BLOCK, end])
}
