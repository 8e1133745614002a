import { FerryError } from '../../core/errors.ts'

/** Strings, quoted names, comments, words, and any other character. */
const PIECES =
  /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\[(?:[^\]]|\]\])*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[\p{L}_][\p{L}\p{N}_$#@]*|[\s\S]/gu

const AFTER_SELECT_LIST = new Set(
  'FROM WHERE GROUP HAVING UNION EXCEPT INTERSECT ORDER OPTION FOR'.split(' '),
)

/**
 * T-SQL makes a table of a query by `INTO` behind the columns of its first SELECT; a query with common
 * table expressions or an order cannot be put into parentheses. So INTO is put where it belongs: before
 * the first FROM (or what else follows the columns) of the first SELECT outside of all parentheses. The
 * text may break off behind that place.
 */
export function selectInto(query: string, table: string): string {
  let depth = 0
  let hasSelect = false
  for (const { 0: piece, index } of query.matchAll(PIECES)) {
    if (piece === '(') depth += 1
    else if (piece === ')') depth -= 1
    else if (depth === 0) {
      const word = piece.toUpperCase()
      if (word === 'SELECT') hasSelect = true
      else if (hasSelect && AFTER_SELECT_LIST.has(word)) {
        return `${query.slice(0, index)}INTO ${table} ${query.slice(index)}`
      }
    }
  }
  if (!hasSelect) throw new FerryError('SQL_INVALID', 'a table can be made of a SELECT only')
  return `${query}\nINTO ${table}`
}
