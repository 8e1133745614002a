import type { DialectCapabilities } from '../dialect.ts'

export const capabilities: DialectCapabilities = {
  transactionalDdl: false,
  embedded: false,
  maxIdentifierBytes: 128, // characters, of which each may have more bytes
}
