import type { StoreCapabilities } from '../../store.ts'

const MIB = 1_048_576
const GIB = 1_024 * MIB

/** As Amazon documents them; services of others that know less say so when they are asked. */
export const CAPABILITIES: StoreCapabilities = {
  keys: 'any',
  maxKeyBytes: 1_024,
  metadata: true,
  storageClasses: [
    'STANDARD',
    'REDUCED_REDUNDANCY',
    'STANDARD_IA',
    'ONEZONE_IA',
    'INTELLIGENT_TIERING',
    'GLACIER',
    'GLACIER_IR',
    'DEEP_ARCHIVE',
  ],
  wholeChecksum: 'crc32c',
  maxPutBytes: 5 * GIB,
  minPartBytes: 5 * MIB,
  maxPartBytes: 5 * GIB,
  maxParts: 10_000,
  uploadsOfOneKey: 'separate',
  maxRemoveKeys: 1_000,
  presign: true,
  implicitBucket: false,
  isLocal: false,
}
