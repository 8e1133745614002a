import * as z from 'zod'
import { FerryError } from '../../core/errors.ts'
import type { AskGuard } from '../asking.ts'
import { onlyStatement } from '../only-statement.ts'
import { readAll } from '../read-all.ts'
import { sql } from './sql.ts'

/** Functions that make tables of nothing but their arguments. All others may read files. */
const TABLE_FUNCTIONS = new Set(['generate_series', 'json_each', 'json_tree', 'range', 'unnest'])
/** Functions that change something, or tell of the process. */
const DENIED_FUNCTIONS = new Set(['currval', 'getenv', 'nextval', 'setseed', 'write_log'])
/** A name of a table with one of these may be a file's, which DuckDB reads where it knows no table. */
const PATH_CHARACTER = /[./\\:*?[\]]/

const serialized = z.union([
  z.object({ error: z.literal(false), statements: z.array(z.unknown()) }),
  z.object({ error: z.literal(true), error_type: z.string(), error_message: z.string() }),
])

/**
 * DuckDB has no read-only transactions, but it gives its own parser's tree of a statement as JSON, and of
 * queries alone. In it every table and function is found by its name.
 */
export const asking: AskGuard = {
  async prepare(session, statement) {
    const only = onlyStatement(statement, sql.lexicon)
    if (only === undefined) throw new FerryError('SQL_INVALID', 'there is no statement')
    const [row] = await readAll(session, `SELECT json_serialize_sql(${sql.literal(only.text)})`)
    const tree = serialized.parse(JSON.parse(String(row?.[0])))
    if (tree.error) {
      if (tree.error_type === 'parser') throw new FerryError('SQL_INVALID', tree.error_message)
      throw denied('only queries are let through here', 'begin with SELECT or WITH')
    }
    const found = namesIn(tree.statements)
    for (const name of found.functions) {
      if (DENIED_FUNCTIONS.has(name)) throw denied(`\`${name}\` is not let through here`)
    }
    for (const name of found.tableFunctions) {
      if (!TABLE_FUNCTIONS.has(name)) throw denied(`\`${name}\` may read files`)
    }
    const suspects = found.tables.filter(name => PATH_CHARACTER.test(name))
    if (suspects.length === 0) return
    const names = suspects.map(name => sql.literal(name)).join(', ')
    const known = await readAll(
      session,
      `SELECT table_name FROM information_schema.tables WHERE table_name IN (${names})`,
    )
    const tables = new Set(known.map(([name]) => String(name)))
    const file = suspects.find(name => !tables.has(name))
    if (file !== undefined) throw denied(`\`${file}\` is no table, and files are not read here`)
  },
}

const denied = (message: string, hint?: string): FerryError =>
  new FerryError('DENIED', message, { hint })

interface Names {
  readonly tables: string[]
  readonly functions: string[]
  readonly tableFunctions: string[]
}

/** Walks a tree whose depth is the statement's, without recursion. */
function namesIn(statements: readonly unknown[]): Names {
  const names: Names = { tables: [], functions: [], tableFunctions: [] }
  const waiting: unknown[] = [...statements]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (Array.isArray(node)) {
      waiting.push(...node)
      continue
    }
    if (typeof node !== 'object' || node === null) continue
    note(node, names)
    waiting.push(...Object.values(node))
  }
  return names
}

function note(node: object, names: Names): void {
  if (!('type' in node)) return
  if (node.type === 'BASE_TABLE' && 'table_name' in node) names.tables.push(String(node.table_name))
  if (node.type === 'TABLE_FUNCTION' && 'function' in node) {
    const called = node.function
    const isNamed = typeof called === 'object' && called !== null && 'function_name' in called
    names.tableFunctions.push(isNamed ? String(called.function_name).toLowerCase() : '?')
  } else if ('function_name' in node) {
    names.functions.push(String(node.function_name).toLowerCase())
  }
}
