/** First words of statements that never have a result set. */
const SILENT = new Set(
  `ABORT ALTER ANALYZE ATTACH BEGIN CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE
  DECLARE DETACH DISCARD DO DROP END EXPORT GRANT IMPORT INSTALL LISTEN LOAD LOCK MOVE NOTIFY PREPARE
  REASSIGN REFRESH REINDEX RELEASE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SET START TRUNCATE
  UNLISTEN USE VACUUM`.split(/\s+/),
)

const WRITING = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/**
 * Whether a statement can have a result set, from its bare words in upper case. What is not known is
 * taken to have one: the engine says so in the end.
 */
export function canYieldRows(words: readonly string[]): boolean {
  const [first = ''] = words
  if (SILENT.has(first)) return false
  if (WRITING.has(first)) return words.includes('RETURNING')
  if (first !== 'WITH') return true
  const writes = words.some((word, index) => WRITING.has(word) && words[index - 1] !== 'FOR')
  return !writes || words.includes('RETURNING')
}
