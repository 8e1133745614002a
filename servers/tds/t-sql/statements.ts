/**
 * A small translator of T-SQL for tests: it knows what Ferry writes and what tools send when they
 * connect, and refuses the rest with error 102. It compares texts by their bytes, as a binary collation
 * does, and knows no lengths of texts.
 */
import { Fault } from '../fault.ts'
import { changes } from './changes.ts'
import { copyInto } from './copy-into.ts'
import { type Context, query, render } from './expressions.ts'
import { createExternal, dropExternal } from './external.ts'
import type { Plan, Step } from './plan.ts'
import { readName } from './relations.ts'
import { alterTable, createTable, ddl, drop, rename, uniqueIndex } from './tables.ts'
import {
  closing,
  indexOutside,
  isSign,
  isWord,
  split,
  syntax,
  type Token,
  tokens,
} from './tokens.ts'

export type Flavor = 'mssql' | 'synapse'

/** @throws Fault for what is not known */
export function translate(text: string, flavor: Flavor, context: Context): Plan {
  const list = tokens(text)
  const plan: Step[] = []
  let from = 0
  while (from < list.length) {
    if (isSign(list[from], ';')) {
      from += 1
      continue
    }
    const end = statementEnd(list, from)
    plan.push(...statement(list.slice(from, end), flavor, context))
    from = end
  }
  return plan
}

/** A semicolon, or a SET after one or before one: what drivers send at login has no semicolons. */
function statementEnd(list: readonly Token[], from: number): number {
  if (isWord(list[from], 'SET')) {
    if (isWord(list[from + 1], 'TRANSACTION')) {
      return indexOutside(list, from + 4, token => isSign(token, ';') || isWord(token, 'SET'))
    }
    return Math.min(from + (isSign(list[from + 2], '-') ? 4 : 3), list.length)
  }
  const isSelect = isWord(list[from], 'SELECT')
  return indexOutside(list, from, token => isSign(token, ';') || (isSelect && isWord(token, 'SET')))
}

const NOTHING: Plan = [{ kind: 'nothing' }]

function statement(list: readonly Token[], flavor: Flavor, context: Context): Plan {
  const [first, second] = list
  const rest = list.slice(2)
  switch (first?.kind === 'word' ? first.value.toUpperCase() : '') {
    case 'SELECT':
    case 'WITH':
      return select(list, context)
    case 'INSERT':
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
      return isWord(second, 'STATISTICS') ? NOTHING : changes(list, context)
    case 'TRUNCATE':
      return [ddl(`TRUNCATE ${readName(rest).text}`)]
    case 'CREATE':
      if (flavor === 'synapse' && isWord(second, 'EXTERNAL')) return createExternal(rest, context)
      return create(list, flavor, context)
    case 'ALTER':
      if (isWord(second, 'TABLE')) return alterTable(rest, context)
      if (isWord(second, 'VIEW')) {
        const name = readName(rest)
        const body = query(rest.slice(name.length + 1), context)
        return [ddl(`CREATE OR REPLACE VIEW ${name.text} AS ${body}`)]
      }
      break
    case 'DROP':
      if (flavor === 'synapse' && isWord(second, 'EXTERNAL')) return dropExternal(rest)
      if (isWord(second, 'TABLE')) return drop('TABLE', rest)
      if (isWord(second, 'VIEW')) return drop('VIEW', rest)
      if (isWord(second, 'SCHEMA')) return [ddl(`DROP SCHEMA ${readName(rest).text}`)]
      break
    case 'EXEC':
    case 'EXECUTE':
      return execute(list, flavor, context)
    case 'IF':
      return condition(list, flavor, context)
    case 'SET':
      return set(list)
    case 'BEGIN':
      if (isWord(second, 'TRAN', 'TRANSACTION')) return [{ kind: 'begin' }]
      if (isWord(second, 'TRY')) return tryCatch(list, flavor, context)
      break
    case 'COMMIT':
      return [{ kind: 'commit' }]
    case 'ROLLBACK':
      return [{ kind: 'rollback' }]
    case 'DECLARE':
      return dynamic(list, flavor, context)
    case 'THROW':
      return [{ kind: 'throw', number: Number(second?.value), message: list[3]?.value ?? '' }]
    case 'KILL':
      if (second?.kind !== 'number') break
      return [{ kind: 'kill', session: Number(second.value) }]
    case 'WAITFOR':
      return wait(list)
    case 'USE':
    case 'PRINT': // nobody listens
      return NOTHING
    default:
  }
  if (flavor === 'synapse' && isWord(first, 'COPY') && isWord(second, 'INTO')) {
    return copyInto(rest, context)
  }
  if (flavor === 'synapse' && isWord(first, 'RENAME') && isWord(second, 'OBJECT')) {
    const old = readName(rest)
    return rename(old, rest[old.length + 1]?.value ?? '')
  }
  throw syntax(first)
}

function select(list: readonly Token[], context: Context): Plan {
  const into = indexOutside(list, 0, token => isWord(token, 'INTO'))
  if (into === list.length) {
    return [{ kind: 'sql', text: query(list, context), command: 'select', returnsRows: true }]
  }
  const target = readName(list.slice(into + 1))
  const body = [...list.slice(0, into), ...list.slice(into + 1 + target.length)]
  const temporary = target.isTemporary ? 'TEMPORARY ' : ''
  const text = `CREATE ${temporary}TABLE ${target.text} AS ${query(body, context)}`
  return [{ kind: 'sql', text, command: 'select' }]
}

function create(list: readonly Token[], flavor: Flavor, context: Context): Plan {
  const [, second] = list
  if (isWord(second, 'TABLE')) return createTable(list.slice(2), context)
  if (isWord(second, 'SCHEMA')) return [ddl(`CREATE SCHEMA ${readName(list.slice(2)).text}`)]
  if (isWord(second, 'STATISTICS')) return NOTHING
  const view = list.findIndex(token => isWord(token, 'VIEW'))
  if (view > 0) {
    const mayReplace = view === 3
    if (mayReplace && flavor === 'synapse') throw syntax(list[1])
    const name = readName(list.slice(view + 1))
    const body = list.slice(view + 1 + name.length + 1)
    const text = query(body, context)
    return [ddl(`CREATE ${mayReplace ? 'OR REPLACE ' : ''}VIEW ${name.text} AS ${text}`)]
  }
  const index = list.findIndex(token => isWord(token, 'INDEX'))
  if (index > 0) return isWord(second, 'UNIQUE') ? uniqueIndex(list.slice(index + 1)) : NOTHING
  throw syntax(second)
}

/** `DECLARE @name nvarchar(max) = expression EXEC(@name)` */
function dynamic(list: readonly Token[], flavor: Flavor, context: Context): Plan {
  const equals = indexOutside(list, 0, token => isSign(token, '='))
  const exec = indexOutside(list, equals, token => isWord(token, 'EXEC'))
  const [, name] = list
  const isOne = list[exec + 2]?.value === name?.value && exec + 4 === list.length
  if (name?.kind !== 'variable' || !isOne) throw syntax(name)
  return [
    {
      kind: 'dynamic',
      text: render(list.slice(equals + 1, exec), context),
      translate: text => translate(text, flavor, context),
    },
  ]
}

function execute(list: readonly Token[], flavor: Flavor, context: Context): Plan {
  if (isSign(list[1], '(')) {
    const [text] = list.slice(2, closing(list, 1))
    if (text?.kind !== 'string') throw syntax(text)
    return translate(text.value, flavor, context)
  }
  const name = readName(list.slice(1))
  const args = split(list.slice(1 + name.length), ',').map(arg => arg.at(-1)?.value ?? '')
  if (name.name.toLowerCase() === 'sp_rename' && flavor === 'mssql') {
    const [old = '', now = ''] = args
    return rename(readName(tokens(old)), now)
  }
  throw new Fault(2812, `Could not find stored procedure '${name.name}'.`)
}

/** `BEGIN TRY one END TRY BEGIN CATCH another END CATCH` */
function tryCatch(list: readonly Token[], flavor: Flavor, context: Context): Plan {
  const ends = [...list.keys()].filter(
    at => isWord(list[at], 'END') && isWord(list[at + 1], 'TRY', 'CATCH'),
  )
  const [end = 0, last] = ends
  if (last !== list.length - 2) throw syntax(list[end])
  return [
    {
      kind: 'try',
      work: statement(list.slice(2, end), flavor, context),
      otherwise: statement(list.slice(end + 4, last), flavor, context),
    },
  ]
}

const STATEMENTS = [
  'SET',
  'THROW',
  'COPY',
  'EXEC',
  'DROP',
  'CREATE',
  'ALTER',
  'INSERT',
  'UPDATE',
  'DELETE',
  'TRUNCATE',
  'ROLLBACK',
  'COMMIT',
  'BEGIN',
]

function condition(list: readonly Token[], flavor: Flavor, context: Context): Plan {
  const yes = indexOutside(list, 1, token => isWord(token, ...STATEMENTS))
  const no = indexOutside(list, yes, token => isWord(token, 'ELSE'))
  if (yes === list.length) throw syntax(list[0])
  return [
    {
      kind: 'if',
      condition: render(list.slice(1, yes), context),
      yes: statement(list.slice(yes, no), flavor, context),
      no: no === list.length ? [] : statement(list.slice(no + 1), flavor, context),
    },
  ]
}

const OPTIONS = new Set(
  'ANSI_NULLS ANSI_NULL_DFLT_ON ANSI_PADDING ANSI_WARNINGS ARITHABORT CONCAT_NULL_YIELDS_NULL CURSOR_CLOSE_ON_COMMIT DATEFIRST DATEFORMAT IMPLICIT_TRANSACTIONS LANGUAGE NUMERIC_ROUNDABORT QUOTED_IDENTIFIER TEXTSIZE TRANSACTION XACT_ABORT NOCOUNT LOCK_TIMEOUT ROWCOUNT DEADLOCK_PRIORITY'.split(
    ' ',
  ),
)

function set(list: readonly Token[]): Plan {
  const option = list[1]?.value.toUpperCase() ?? ''
  if (option === 'FMTONLY') return [{ kind: 'describeOnly', on: isWord(list[2], 'ON') }]
  if (option === 'LOCK_TIMEOUT') {
    const isForEver = isSign(list[2], '-')
    return [{ kind: 'lockTimeout', ms: isForEver ? -1 : Number(list[2]?.value) }]
  }
  if (OPTIONS.has(option)) return NOTHING
  throw syntax(list[1])
}

function wait(list: readonly Token[]): Plan {
  const [hours = 0, minutes = 0, seconds = 0] = (list[2]?.value ?? '').split(':').map(Number)
  if (!isWord(list[1], 'DELAY') || list[2]?.kind !== 'string') throw syntax(list[1])
  return [{ kind: 'wait', ms: ((hours * 60 + minutes) * 60 + seconds) * 1_000 }]
}
