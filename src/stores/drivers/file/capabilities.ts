import { constants } from 'node:buffer'
import type { StoreCapabilities } from '../../store.ts'

export const CAPABILITIES: StoreCapabilities = {
  keys: 'paths',
  maxKeyBytes: 4_095, // of a whole path on Linux
  metadata: false,
  storageClasses: [],
  wholeChecksum: 'none',
  maxPutBytes: constants.MAX_LENGTH,
  minPartBytes: 1,
  maxPartBytes: constants.MAX_LENGTH,
  maxParts: Number.MAX_SAFE_INTEGER,
  uploadsOfOneKey: 'separate',
  maxRemoveKeys: 1_000,
  presign: false,
  implicitBucket: true,
  isLocal: true,
}
