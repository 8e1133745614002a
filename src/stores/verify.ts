import { FerryError } from '../core/errors.ts'
import { type Checksums, checksumsAgree } from '../formats/checksum.ts'
import { showKey } from '../formats/object-key.ts'
import type { ObjectInfo } from './store.ts'

/** What was read or sent, as it was counted on the way. */
export interface Counted {
  readonly size: number
  readonly checksums: Checksums
}

/**
 * Compares what passed with what a service says it has: always the size, and each checksum that
 * both sides have. @throws FerryError TRANSFER_CORRUPT
 */
export function assertEqual(info: ObjectInfo, counted: Counted): void {
  if (info.size !== counted.size) {
    throw new FerryError(
      'TRANSFER_CORRUPT',
      `\`${showKey(info.key)}\` is ${info.size} bytes at the service, and ${counted.size} passed`,
      { details: { key: info.key } },
    )
  }
  if (checksumsAgree(info.checksums, counted.checksums) === false) {
    throw new FerryError(
      'TRANSFER_CORRUPT',
      `\`${showKey(info.key)}\` has another checksum at the service than the bytes that passed`,
      { details: { key: info.key } },
    )
  }
}

/** What a service says of an object, and what was counted of its bytes, which `assertEqual` compared. */
export function withChecksums(info: ObjectInfo, { checksums }: Counted): ObjectInfo {
  return { ...info, checksums: { ...checksums, ...info.checksums } }
}
