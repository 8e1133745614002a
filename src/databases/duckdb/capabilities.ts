import type { DialectCapabilities } from '../dialect.ts'

export const capabilities: DialectCapabilities = {
  transactionalDdl: true,
  embedded: true,
  maxIdentifierBytes: 65_535,
}
