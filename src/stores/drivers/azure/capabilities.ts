import type { StoreCapabilities } from '../../store.ts'

const MIB = 1_048_576

/** As the service documents them for block blobs. */
export const CAPABILITIES: StoreCapabilities = {
  keys: 'any',
  maxKeyBytes: 1_024,
  metadata: true,
  storageClasses: ['Hot', 'Cool', 'Cold', 'Archive'],
  wholeChecksum: 'md5',
  maxPutBytes: 5_000 * MIB,
  minPartBytes: 1,
  maxPartBytes: 4_000 * MIB,
  maxParts: 50_000,
  uploadsOfOneKey: 'shared',
  maxRemoveKeys: 256,
  presign: true,
  implicitBucket: false,
  isLocal: false,
}
