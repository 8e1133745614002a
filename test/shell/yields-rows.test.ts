import { describe, expect, test } from 'vitest'
import type { SqlLexicon } from '../../src/databases/dialect.ts'
import { bareWords } from '../../src/databases/statements.ts'
import { canYieldRows } from '../../src/shell/yields-rows.ts'

const lexicon: SqlLexicon = {
  dollarQuotes: true,
  backslashEscapes: false,
  nestedComments: true,
  stringQuotes: "'",
  mysqlComments: false,
  identifierQuotes: { '"': '"' },
}

describe('a statement that can have a result', () => {
  test.for([
    'select 1',
    '(select 1) union (select 2)',
    'with a as (select 1) select * from a',
    'with a as (delete from t returning *) select * from a',
    'with a as (select 1) select * from a for update',
    'values (1)',
    'table t',
    'from t',
    'explain insert into t values (1)',
    'describe t',
    'pivot t on a using sum(b)',
    'insert into t values (1) returning id',
    'delete from t returning *',
    'call p()',
    'fetch 3 from c',
    '/* a */ -- b\nshow tables',
  ])('%s', statement => {
    expect(canYieldRows(bareWords(statement, lexicon))).toBe(true)
  })
})

describe('a statement that never has one', () => {
  test.for([
    'create table t as select 1',
    'insert into t select * from u',
    "insert into t values ('returning')",
    'update t set a = (select 1)',
    'with a as (select 1) insert into t select * from a',
    'drop table t',
    'begin',
    'commit',
    'set search_path = a',
    "copy t to 'file'",
    '-- select\nvacuum',
  ])('%s', statement => {
    expect(canYieldRows(bareWords(statement, lexicon))).toBe(false)
  })
})
