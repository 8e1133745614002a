import type { Client } from 'pg'
import { bareWords } from '../statements.ts'
import { CopyStream } from './copy-stream.ts'
import { sql } from './sql.ts'

/** Ours before the query in what the server gets. */
export const COPY_PREFIX = 'COPY ('

const OPTIONS = {
  csv: 'FORMAT csv, HEADER',
  tsv: "FORMAT csv, HEADER, DELIMITER E'\\t'",
  'csv without header': 'FORMAT csv',
} as const

const CHANGES = ['INSERT', 'UPDATE', 'DELETE', 'MERGE']

/**
 * Whether `COPY (...)` takes a statement: a query, or a change that returns rows. Told from its
 * words, as asking the server would spoil an open transaction.
 */
export function isCopyable(statement: string): boolean {
  const words = bareWords(statement, sql.lexicon)
  const [first = ''] = words
  const changes = words.some(word => CHANGES.includes(word)) && !words.includes('RETURNING')
  if (first === 'WITH') return !changes && !words.includes('INTO')
  if (first === 'SELECT') return !words.includes('INTO')
  return first === 'VALUES' || first === 'TABLE' || (CHANGES.includes(first) && !changes)
}

export function copyOut(client: Client, query: string, shape: keyof typeof OPTIONS): CopyStream {
  // The line end keeps a comment at the end of the query from swallowing the parenthesis.
  return client.query(new CopyStream(`${COPY_PREFIX}${query}\n) TO STDOUT (${OPTIONS[shape]})`))
}
