import { expect, test } from 'vitest'
import { parseModelHeader } from '../../src/models/header.ts'

const parse = (text: string) => parseModelHeader('models/m.sql', text)

test.each([
  ['a block', '/*\nowner: me\nmaterialize: view\n*/\nselect 1'],
  ['a block that begins in its first line', '/* owner: me\n   materialize: view */ select 1'],
  ['a block that begins in its first line, not aligned', '/* owner: me\nmaterialize: view\n*/'],
  ['a starred block', '/**\n * owner: me\n * materialize: view\n */\nselect 1'],
  ['lines', '-- owner: me\n-- materialize: view\nselect 1 -- owner: you'],
  ['blank lines before', '\n\n  -- owner: me\n  -- materialize: view\n\nselect 1'],
])('a header can be %s', (_, text) => {
  expect(parse(text)).toMatchObject({ owner: 'me', materialize: 'view' })
})

test.each([
  ['nothing', 'select 1'],
  ['prose', '/* This counts what was sold. */ select 1'],
  ['prose with a colon', '-- Note: the sum is in cents\nselect 1'],
  ['prose of several lines', '/*\nSales by day: what was sold,\nand when.\n*/ select 1'],
  ['a comment further down', 'select 1 /*\nmaterialize: view\n*/'],
])('%s is no header', (_, text) => {
  expect(parse(text)).toMatchObject({ materialize: 'table', checks: [] })
})

test.each([
  [
    '/*\nowner: a\nmaterialise: view\n*/',
    '3:1: unknown key `materialise`; did you mean `materialize`?',
  ],
  ['-- owner: a\n-- materialize: tabel', '2:17: `materialize`: invalid option'],
  ['/*\nowner: [\n*/', 'models/m.sql:'],
  [
    '/*\nmaterialize: incremental\nkey: id\n*/',
    '2:14: `materialize`: `incremental` needs `updated_at` beside it',
  ],
  ['/*\nkey: id\n*/', '2:6: `key`: is for `materialize: incremental` only'],
  ['/*\nschedule: soon\n*/', '2:11: `schedule`: is not a calendar rule'],
  [
    '/*\nmaterialize: append\nresult: csv\n*/',
    '3:9: `result`: of an `append` model needs `order_by`',
  ],
  ['/*\nchecks:\n  - uniqe: id\n*/', '3:5: unknown key `checks.0.uniqe`; did you mean `unique`?'],
  [
    '/*\nchecks:\n  - { unique: id, not_null: id }\n*/',
    '3:5: `checks.0`: a check says exactly one of',
  ],
  ['/*\nchecks:\n  - severity: warn\n*/', '3:5: `checks.0`: a check says exactly one of'],
  ['/*\nchecks:\n  - freshness: { column: day, max_age: long }\n*/', 'is not a duration'],
  ['/*\nchecks:\n  - row_count: {}\n*/', 'needs min or max'],
])('%j is refused with its place', (text, message) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }))
  expect(() => parse(text)).toThrow(message)
})

test('checks have names of their own', () => {
  const { checks } = parse(
    '/*\nchecks: [ { unique: id }, { unique: id }, { name: x, not_null: id } ]\n*/',
  )
  expect(checks.map(check => check.name)).toEqual(['unique id', 'unique id (2)', 'x'])
})

test('a variable in a header is text', () => {
  expect(parse('/*\nowner: ${NOBODY}\n*/')).toMatchObject({ owner: '${NOBODY}' })
})
