/** Expressions and queries of T-SQL in DuckDB's words; what is not known here is refused. */
import { Fault } from '../fault.ts'
import { castTo, FUNCTIONS, KEYWORDS_BEFORE_PARENTHESES, PASSED_ON } from './functions.ts'
import { closing, indexOutside, isSign, isWord, split, syntax, type Token } from './tokens.ts'
import { readType } from './types.ts'

export interface Context {
  /** Values of parameters as literals of DuckDB, by name with its @. */
  readonly variables: Readonly<Record<string, string>>
  /** Folders of this machine by the beginning of the URLs that COPY INTO finds there. */
  readonly blobs: Readonly<Record<string, string>>
}

const TABLE_HINTS = new Set(
  'NOLOCK HOLDLOCK TABLOCK TABLOCKX UPDLOCK ROWLOCK READPAST XLOCK SERIALIZABLE READCOMMITTED'.split(
    ' ',
  ),
)

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A query, with or without `WITH` before it. TOP becomes LIMIT; OPTION is for the planner. */
export function query(list: readonly Token[], context: Context): string {
  const end = indexOutside(
    list,
    0,
    (token, at) => isWord(token, 'OPTION') && isSign(list[at + 1], '('),
  )
  const body = list.slice(0, end)
  const combined = indexOutside(body, 0, token => isWord(token, 'UNION', 'EXCEPT', 'INTERSECT'))
  const select = indexOutside(body, 0, token => isWord(token, 'SELECT'))
  let top = select + 1
  if (isWord(body[top], 'DISTINCT', 'ALL')) top += 1
  if (!isWord(body[top], 'TOP')) return render(body, context)
  if (combined < body.length) throw syntax(body[top])
  const opens = isSign(body[top + 1], '(')
  const to = opens ? closing(body, top + 1) : top + 1
  const rows = render(opens ? body.slice(top + 2, to) : body.slice(top + 1, to + 1), context)
  if (isWord(body[to + 1], 'PERCENT', 'WITH')) throw syntax(body[to + 1])
  return `${render([...body.slice(0, top), ...body.slice(to + 1)], context)} LIMIT ${rows}`
}

/** Any piece of a statement. */
export function render(list: readonly Token[], context: Context): string {
  let out = ''
  const say = (text: string, glue = false): void => {
    out += out === '' || out.endsWith('.') || glue ? text : ` ${text}`
  }
  for (let at = 0; at < list.length; at += 1) {
    const token = list[at]
    if (token === undefined) break
    const next = list[at + 1]
    if (isSign(token, '(')) {
      const end = closing(list, at)
      say(`(${inner(list.slice(at + 1, end), context)})`)
      at = end
    } else if (isWord(token, 'WITH') && isSign(next, '(') && isHint(list[at + 2])) {
      at = closing(list, at + 1)
    } else if (isWord(token, 'TABLESAMPLE') && isSign(next, '(')) {
      if (!isWord(list[at + 3], 'PERCENT')) throw syntax(list[at + 3])
      say(`TABLESAMPLE bernoulli(${list[at + 2]?.value ?? ''}%)`)
      at = closing(list, at + 1)
    } else if (isWord(token, 'COLLATE')) {
      at += 1 // DuckDB compares bytes, as binary collations do
    } else if (token.kind === 'word' && isSign(next, '(') && !isAfterDot(list, at)) {
      const end = closing(list, at + 1)
      const order = orderWithin(list, end + 1)
      say(call(token, [...list.slice(at + 2, end), ...order], context))
      at = order.length === 0 ? end : closing(list, end + 3)
    } else say(one(token, context), isSign(token, '.'))
  }
  return out
}

/** `WITHIN GROUP (ORDER BY ...)` behind an aggregate: what the parentheses hold. */
function orderWithin(list: readonly Token[], at: number): readonly Token[] {
  if (!isWord(list[at], 'WITHIN') || !isWord(list[at + 1], 'GROUP')) return []
  return list.slice(at + 3, closing(list, at + 2))
}

function inner(list: readonly Token[], context: Context): string {
  return isWord(list[0], 'SELECT', 'WITH') ? query(list, context) : render(list, context)
}

const isHint = (token: Token | undefined): boolean =>
  token !== undefined && TABLE_HINTS.has(token.value.toUpperCase())

const isAfterDot = (list: readonly Token[], at: number): boolean => isSign(list[at - 1], '.')

function call(token: Token, args: readonly Token[], context: Context): string {
  const name = token.value.toLowerCase()
  if (name === 'cast' || name === 'try_cast') {
    const as = indexOutside(args, 0, one => isWord(one, 'AS'))
    const { type } = readType(args.slice(as + 1))
    const value = args.slice(0, as)
    return castTo(type.duckdb, value, render(value, context), name)
  }
  const write = FUNCTIONS[name]
  if (write !== undefined) {
    return write(split(args, ','), list => inner(list, context))
  }
  if (KEYWORDS_BEFORE_PARENTHESES.has(name)) return `${token.value} (${inner(args, context)})`
  if (PASSED_ON.has(name)) return `${token.value}(${inner(args, context)})`
  const message = `'${token.value}' is not a recognized built-in function name.`
  throw new Fault(195, message, { severity: 15, line: token.line })
}

const SYSTEM_VARIABLES: Readonly<Record<string, string>> = {
  '@@version': "'Ferry test server: TDS 7.4 before DuckDB'",
  '@@servername': "'ferry'",
  '@@lock_timeout': '-1',
  '@@max_precision': '38',
}

function one(token: Token, { variables }: Context): string {
  switch (token.kind) {
    case 'name':
      return quoted(token.value)
    case 'string':
      return literal(token.value)
    case 'binary':
      return `from_hex(${literal(token.value.slice(2))})`
    case 'number': // a whole number that is no int is a decimal
      if (!/^\d+$/.test(token.value) || BigInt(token.value) < 2n ** 31n) return token.value
      return `CAST(${token.value} AS DECIMAL(${token.value.length}, 0))`
    case 'variable': {
      const name = token.value.toLowerCase()
      const value = variables[name] ?? SYSTEM_VARIABLES[name]
      if (value === undefined) {
        throw new Fault(137, `Must declare the scalar variable "${token.value}".`, { severity: 15 })
      }
      return value
    }
    default:
      return token.value
  }
}
