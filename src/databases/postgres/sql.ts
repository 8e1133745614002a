import type { SqlWriter } from '../dialect.ts'
import { standardSql } from '../standard-sql.ts'

export const sql: SqlWriter = {
  ...standardSql,
  lexicon: {
    dollarQuotes: true,
    backslashEscapes: false,
    nestedComments: true,
    identifierQuotes: { '"': '"' },
  },
}
