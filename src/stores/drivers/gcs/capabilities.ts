import type { StoreCapabilities } from '../../store.ts'

const MIB = 1_048_576
const GIB = 1_024 * MIB

/** As Google documents them ("Quotas & limits" of Cloud Storage). */
export const CAPABILITIES: StoreCapabilities = {
  keys: 'any',
  maxKeyBytes: 1_024,
  metadata: true,
  storageClasses: ['STANDARD', 'NEARLINE', 'COLDLINE', 'ARCHIVE'],
  wholeChecksum: 'crc32c',
  // The service takes more in one request, and Ferry holds the whole of one in memory.
  maxPutBytes: 5 * GIB,
  minPartBytes: 5 * MIB,
  maxPartBytes: 5 * GIB,
  maxParts: 10_000,
  uploadsOfOneKey: 'separate',
  maxRemoveKeys: 100,
  presign: true,
  implicitBucket: false,
  isLocal: false,
}
