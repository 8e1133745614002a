/** CREATE, ALTER and DROP of tables, and what Synapse has of its own. */
import { type Context, literal, query, quoted, render } from './expressions.ts'
import type { Plan, Step } from './plan.ts'
import { isDeclared, type Name, readName } from './relations.ts'
import { closing, isSign, isWord, split, syntax, type Token } from './tokens.ts'
import { type DeclaredType, readType } from './types.ts'

export const ddl = (text: string): Step => ({ kind: 'sql', text, command: 'other' })
const quiet = (text: string): Step => ({ kind: 'sql', text, command: 'other', quiet: true })

/** After `CREATE TABLE`. */
export function createTable(list: readonly Token[], context: Context): Plan {
  const table = readName(list)
  const temporary = table.isTemporary ? 'TEMPORARY ' : ''
  let at = table.length
  const hasColumns = isSign(list[at], '(')
  const end = hasColumns ? closing(list, at) : at
  const columns = hasColumns ? split(list.slice(at + 1, end), ',') : []
  at = hasColumns ? end + 1 : at
  let options: readonly Token[] = []
  if (isWord(list[at], 'WITH')) {
    options = list.slice(at + 2, closing(list, at + 1))
    checkDistribution(options)
    at = closing(list, at + 1) + 1
  }
  if (isWord(list[at], 'AS')) {
    return [
      {
        kind: 'sql',
        text: `CREATE ${temporary}TABLE ${table.text} AS ${query(list.slice(at + 1), context)}`,
        command: 'select',
      },
      ...partitioned(table, options),
    ]
  }
  if (at < list.length || !hasColumns) throw syntax(list[at])
  const read = columns.map(column => readColumn(column, context))
  const plan: Step[] = [
    ddl(`CREATE ${temporary}TABLE ${table.text} (${read.map(one => one.text).join(', ')})`),
  ]
  if (!table.isTemporary) plan.push(...declare(table, read), ...partitioned(table, options))
  return plan
}

/** `PARTITION (column RANGE RIGHT FOR VALUES ('a', 'b'))` */
function partitioned(table: Name, options: readonly Token[]): Step[] {
  const at = options.findIndex(token => isWord(token, 'PARTITION'))
  if (at === -1) return []
  const inside = options.slice(at + 2, closing(options, at + 1))
  const opens = inside.findIndex(token => isSign(token, '('))
  const schema = table.schema === undefined ? 'current_schema()' : literal(table.schema)
  return split(inside.slice(opens + 1, closing(inside, opens)), ',').map(value =>
    quiet(
      `INSERT INTO ferry_tds.bounds VALUES (${schema}, ${literal(table.name)},
        ${literal(inside[0]?.value ?? '')}, ${literal(value[0]?.value ?? '')})`,
    ),
  )
}

interface ColumnText {
  readonly text: string
  readonly name?: string
  readonly type?: DeclaredType
}

function readColumn(list: readonly Token[], context: Context): ColumnText {
  const [first] = list
  if (isWord(first, 'CONSTRAINT', 'PRIMARY', 'UNIQUE')) return { text: tableConstraint(list) }
  if (first?.kind !== 'name' && first?.kind !== 'word') throw syntax(first)
  const { type, length } = readType(list.slice(1))
  const words: string[] = [quoted(first.value), type.duckdb]
  for (let at = 1 + length; at < list.length; at += 1) {
    const token = list[at]
    if (isWord(token, 'NOT') && isWord(list[at + 1], 'NULL')) {
      words.push('NOT NULL')
      at += 1
    } else if (isWord(token, 'DEFAULT')) {
      words.push(`DEFAULT ${render(list.slice(at + 1), context)}`)
      break
    } else if (isWord(token, 'PRIMARY') && isWord(list[at + 1], 'KEY')) {
      words.push('PRIMARY KEY')
      at += 1
    } else if (isWord(token, 'COLLATE')) at += 1
    else if (isWord(token, 'IDENTITY') && isSign(list[at + 1], '(')) {
      words.push("DEFAULT nextval('ferry_tds.identities')") // grows, and does not begin at 1
      at = closing(list, at + 1)
    } else if (!isWord(token, 'NULL')) throw syntax(token)
  }
  return { text: words.join(' '), name: first.value, type }
}

/** `[CONSTRAINT x] PRIMARY KEY|UNIQUE [CLUSTERED|NONCLUSTERED] (a, b) [NOT ENFORCED]` */
function tableConstraint(list: readonly Token[]): string {
  const from = isWord(list[0], 'CONSTRAINT') ? 2 : 0
  const opens = list.findIndex(token => isSign(token, '('))
  const words = list.slice(from, opens).map(token => token.value.toUpperCase())
  const kind = words.filter(word => !/^(NON)?CLUSTERED$/.test(word)).join(' ')
  if (kind !== 'PRIMARY KEY' && kind !== 'UNIQUE') throw syntax(list[from])
  const inside = list.slice(opens + 1, closing(list, opens))
  const columns = split(inside, ',').map(column => quoted(column[0]?.value ?? ''))
  return `${kind} (${columns.join(', ')})`
}

const DISTRIBUTION_WORDS = new Set(
  'DISTRIBUTION HASH ROUND_ROBIN REPLICATE HEAP CLUSTERED COLUMNSTORE INDEX ORDER ASC DESC PARTITION RANGE RIGHT LEFT FOR VALUES LOCATION USER_DB DATA_COMPRESSION PAGE'.split(
    ' ',
  ),
)

/** Where Synapse puts rows is nothing to DuckDB; that its words are right is checked. */
function checkDistribution(list: readonly Token[]): void {
  for (const token of list) {
    if (token.kind === 'word' && !DISTRIBUTION_WORDS.has(token.value.toUpperCase()))
      throw syntax(token)
  }
}

function declare(table: Name, columns: readonly ColumnText[]): Step[] {
  const schema = table.schema === undefined ? 'current_schema()' : literal(table.schema)
  return columns.flatMap(({ name, type }) =>
    name === undefined || type === undefined
      ? []
      : [
          quiet(
            `INSERT INTO ferry_tds.declared VALUES (${schema}, ${literal(table.name)}, ${literal(name)},
              ${literal(type.name)}, ${type.maxLength}, ${type.precision}, ${type.scale})`,
          ),
        ],
  )
}

/** After `CREATE UNIQUE INDEX`: it is told by the catalog, and not enforced. */
export function uniqueIndex(list: readonly Token[]): Plan {
  const table = readName(list.slice(2))
  const opens = 2 + table.length
  const columns = split(list.slice(opens + 1, closing(list, opens)), ',')
  const names = columns.map(column => literal(column[0]?.value ?? ''))
  const inSchema = table.schema === undefined ? 'current_schema()' : literal(table.schema)
  return [
    ddl(`INSERT INTO ferry_tds.unique_indexes SELECT table_oid, [${names.join(', ')}] FROM duckdb_tables()
      WHERE lower(schema_name) = lower(${inSchema}) AND lower(table_name) = lower(${literal(table.name)})`),
  ]
}

/** After `ALTER TABLE`. */
export function alterTable(list: readonly Token[], context: Context): Plan {
  const table = readName(list)
  const rest = list.slice(table.length)
  if (isWord(rest[0], 'ADD') && isWord(rest[1], 'CONSTRAINT', 'PRIMARY')) {
    return [ddl(`ALTER TABLE ${table.text} ADD ${tableConstraint(rest.slice(1))}`)]
  }
  if (isWord(rest[0], 'ADD')) {
    const columns = split(rest.slice(1), ',').map(column => readColumn(column, context))
    const added = columns.map(({ text }) => ddl(`ALTER TABLE ${table.text} ADD COLUMN ${text}`))
    return [...added, ...declare(table, columns)]
  }
  if (isWord(rest[0], 'DROP') && isWord(rest[1], 'COLUMN')) {
    return [ddl(`ALTER TABLE ${table.text} DROP COLUMN ${quoted(rest[2]?.value ?? '')}`)]
  }
  if (isWord(rest[0], 'ALTER') && isWord(rest[1], 'COLUMN')) {
    const column = readColumn(rest.slice(2), context)
    const name = quoted(column.name ?? '')
    return [ddl(`ALTER TABLE ${table.text} ALTER ${name} TYPE ${column.type?.duckdb ?? ''}`)]
  }
  if (isWord(rest[0], 'SPLIT') && isWord(rest[1], 'RANGE')) {
    return [{ kind: 'split', table, value: rest[3]?.value ?? '' }]
  }
  if (isWord(rest[0], 'SWITCH') && isWord(rest[1], 'PARTITION') && isWord(rest[3], 'TO')) {
    const target = readName(rest.slice(4))
    const after = rest.slice(4 + target.length)
    if (!isWord(after[0], 'PARTITION') || !isWord(after[4], 'TRUNCATE_TARGET'))
      throw syntax(after[0])
    const [from, to] = [Number(rest[2]?.value), Number(after[1]?.value)]
    return [{ kind: 'switch', source: table, from, target, to }]
  }
  throw syntax(rest[0])
}

/** After `DROP TABLE` or `DROP VIEW`. */
export function drop(kind: 'TABLE' | 'VIEW', list: readonly Token[]): Plan {
  const hasIf = isWord(list[0], 'IF')
  const name = readName(hasIf ? list.slice(2) : list)
  const declared = `DELETE FROM ferry_tds.declared WHERE ${isDeclared(name)}`
  return [
    ddl(`DROP ${kind} ${hasIf ? 'IF EXISTS ' : ''}${name.text}`),
    ...(name.isTemporary || kind === 'VIEW'
      ? []
      : [quiet(declared), quiet(`DELETE FROM ferry_tds.bounds WHERE ${isDeclared(name)}`)]),
  ]
}

/** `EXEC sp_rename N'schema.old', N'new'` and `RENAME OBJECT old TO new`. */
export function rename(old: Name, now: string): Plan {
  const declared = `UPDATE ferry_tds.declared SET table_name = ${literal(now)} WHERE ${isDeclared(old)}`
  return [ddl(`ALTER TABLE ${old.text} RENAME TO ${quoted(now)}`), quiet(declared)]
}
