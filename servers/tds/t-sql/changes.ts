/** INSERT, UPDATE, DELETE, MERGE and the announcement of a bulk load. */
import { type Context, query, quoted, render } from './expressions.ts'
import type { Plan, Step } from './plan.ts'
import { readName } from './relations.ts'
import { closing, indexOutside, isSign, isWord, split, syntax, type Token } from './tokens.ts'

export function changes(list: readonly Token[], context: Context): Plan {
  const end = indexOutside(
    list,
    0,
    (token, at) => isWord(token, 'OPTION') && isSign(list[at + 1], '('),
  )
  const body = list.slice(0, end)
  switch (body[0]?.value.toUpperCase()) {
    case 'INSERT':
      return isWord(body[1], 'BULK') ? bulk(body.slice(2)) : [insert(body, context)]
    case 'UPDATE':
      return [update(body.slice(1), context)]
    case 'DELETE':
      return [remove(body.slice(1), context)]
    default:
      return [merge(body.slice(1), context)]
  }
}

/** `INSERT INTO t [(columns)] [OUTPUT inserted.a, ...] VALUES ... | SELECT ...` */
function insert(list: readonly Token[], context: Context): Step {
  let at = isWord(list[1], 'INTO') ? 2 : 1
  const target = readName(list.slice(at))
  at += target.length
  if (isWord(list[at], 'WITH')) at = closing(list, at + 1) + 1 // a hint
  let columns = ''
  if (isSign(list[at], '(')) {
    const to = closing(list, at)
    columns = ` (${render(list.slice(at + 1, to), context)})`
    at = to + 1
  }
  const isSource = (token: Token): boolean => isWord(token, 'VALUES', 'SELECT', 'WITH', 'DEFAULT')
  const from = indexOutside(list, at, isSource)
  const returning = output(list.slice(at, from), context)
  const source = query(list.slice(from), context)
  const text = `INSERT INTO ${target.text}${columns} ${source}${returning}`
  return { kind: 'sql', text, command: 'insert', returnsRows: returning !== '' }
}

/** `OUTPUT inserted.a, deleted.b` as RETURNING. */
function output(list: readonly Token[], context: Context): string {
  if (list.length === 0) return ''
  if (!isWord(list[0], 'OUTPUT')) throw syntax(list[0])
  const columns = split(list.slice(1), ',').map(column => {
    if (!isWord(column[0], 'INSERTED', 'DELETED')) throw syntax(column[0])
    return render(column.slice(2), context)
  })
  return ` RETURNING ${columns.join(', ')}`
}

/** `UPDATE t SET ...` and `UPDATE a SET ... FROM t AS a JOIN s AS b ON ... WHERE ...` */
function update(list: readonly Token[], context: Context): Step {
  const target = readName(list)
  const from = indexOutside(list, 0, token => isWord(token, 'FROM'))
  if (from === list.length || !isAliasOf(list.slice(from + 1), target.name)) {
    // The changed table is not among those after FROM: DuckDB has that, too.
    return { kind: 'sql', text: `UPDATE ${render(list, context)}`, command: 'update' }
  }
  const { table, alias, joined, on, where } = joins(list.slice(from + 1), target.name, context)
  const set = render(list.slice(target.length, from), context)
  const conditions = [on, where].filter(one => one !== '').map(one => `(${one})`)
  const text = `UPDATE ${table} AS ${alias} ${set} FROM ${joined} WHERE ${conditions.join(' AND ')}`
  return { kind: 'sql', text, command: 'update' }
}

/** `DELETE FROM t WHERE ...` and `DELETE a FROM t AS a [JOIN s AS b ON ...] WHERE ...` */
function remove(list: readonly Token[], context: Context): Step {
  if (isWord(list[0], 'FROM')) {
    return { kind: 'sql', text: `DELETE ${render(list, context)}`, command: 'delete' }
  }
  const target = readName(list)
  const from = indexOutside(list, 0, token => isWord(token, 'FROM'))
  const { table, alias, joined, on, where } = joins(list.slice(from + 1), target.name, context)
  const conditions = [on, where].filter(one => one !== '').map(one => `(${one})`)
  const using = joined === '' ? '' : ` USING ${joined}`
  const text = `DELETE FROM ${table} AS ${alias}${using} WHERE ${conditions.join(' AND ')}`
  return { kind: 'sql', text, command: 'delete' }
}

/** Whether `t AS name` begins there. */
function isAliasOf(list: readonly Token[], name: string): boolean {
  const table = readName(list)
  const alias = list[isWord(list[table.length], 'AS') ? table.length + 1 : table.length]
  return alias?.value.toLowerCase() === name.toLowerCase()
}

interface Joins {
  readonly table: string
  readonly alias: string
  /** The other table with its alias, '' when there is none, and by what it is joined. */
  readonly joined: string
  readonly on: string
  readonly where: string
}

/** `t AS a [[INNER] JOIN s AS b ON ...] [WHERE ...]`, of which `a` is changed. */
function joins(list: readonly Token[], target: string, context: Context): Joins {
  const table = readName(list)
  let at = table.length
  if (isWord(list[at], 'AS')) at += 1
  const alias = list[at]
  if (alias?.value.toLowerCase() !== target.toLowerCase()) throw syntax(alias)
  at += 1
  const hint = isWord(list[at], 'WITH') && isSign(list[at + 1], '(')
  if (hint) at = closing(list, at + 1) + 1
  const where = indexOutside(list, at, token => isWord(token, 'WHERE'))
  const on = indexOutside(list.slice(0, where), at, token => isWord(token, 'ON'))
  const shared = {
    table: table.text,
    alias: quoted(alias.value),
    where: render(list.slice(where + 1), context),
  }
  if (at === where) return { ...shared, joined: '', on: '' }
  if (isWord(list[at], 'INNER')) at += 1
  if (!isWord(list[at], 'JOIN') || on === where) throw syntax(list[at])
  const again = indexOutside(list, at + 1, token => isWord(token, 'JOIN'))
  if (again < where) throw syntax(list[again])
  return {
    ...shared,
    joined: render(list.slice(at + 1, on), context),
    on: render(list.slice(on + 1, where), context),
  }
}

/** As DuckDB has it: MERGE INTO t AS a USING s AS b ON ... WHEN ... */
function merge(list: readonly Token[], context: Context): Step {
  const body = isWord(list[0], 'INTO') ? list.slice(1) : list
  const when = indexOutside(body, 0, token => isWord(token, 'WHEN'))
  const clauses = render(body.slice(when), context).replaceAll(
    /WHEN NOT MATCHED BY TARGET/gi,
    'WHEN NOT MATCHED',
  )
  const text = `MERGE INTO ${render(body.slice(0, when), context)} ${clauses}`
  return { kind: 'sql', text, command: 'merge' }
}

/** `INSERT BULK t (a int, b nvarchar(10) COLLATE x, ...) [WITH (...)]` */
function bulk(list: readonly Token[]): Plan {
  const table = readName(list)
  const to = closing(list, table.length)
  const columns = split(list.slice(table.length + 1, to), ',').map(column => column[0]?.value ?? '')
  return [{ kind: 'bulk', table: table.text, columns }]
}
