import type { DialectCapabilities } from '../dialect.ts'

export const capabilities: DialectCapabilities = {
  transactionalDdl: true,
  embedded: false,
  maxIdentifierBytes: 127,
}
