import { literal, quoted } from './expressions.ts'
import { isSign, syntax, type Token } from './tokens.ts'

/** The name of a table or a view in a statement. */
export interface Name {
  readonly schema: string | undefined
  readonly name: string
  readonly isTemporary: boolean
  /** In DuckDB's words. */
  readonly text: string
  /** The tokens it takes. */
  readonly length: number
}

/** Reads a name of one or two parts from the front. */
export function readName(list: readonly Token[]): Name {
  const parts: string[] = []
  let length = 0
  for (;;) {
    const token = list[length]
    if (token?.kind !== 'name' && token?.kind !== 'word') throw syntax(token)
    parts.push(token.value)
    length += 1
    if (!isSign(list[length], '.')) break
    length += 1
    if (isSign(list[length], '.')) length += 1 // tempdb..#name
  }
  const name = parts.at(-1) ?? ''
  const isTemporary = name.startsWith('#')
  const schema = parts.length > 1 && !isTemporary ? parts.at(-2) : undefined
  if (parts.length > 2 && !isTemporary) throw syntax(list[0])
  const text = schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}`
  return { schema, name, isTemporary, text, length }
}

/** A condition on the catalog of declared columns (catalog.ts). */
export function isDeclared({ schema, name }: Name): string {
  const inSchema = schema === undefined ? 'current_schema()' : literal(schema)
  return `lower(schema_name) = lower(${inSchema}) AND lower(table_name) = lower(${literal(name)})`
}
