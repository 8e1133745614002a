import type { DialectCapabilities } from '../dialect.ts'

export const capabilities: DialectCapabilities = {
  transactionalDdl: false,
  embedded: false,
  // 64 characters, of which MySQL keeps three bytes each: of any characters, so many bytes fit.
  maxIdentifierBytes: 64,
}
