import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql as duckdb } from '../../src/databases/duckdb/sql.ts'
import { sql as mysql } from '../../src/databases/mysql/sql.ts'
import { sql as postgres } from '../../src/databases/postgres/sql.ts'
import { cutStatements } from '../../src/databases/statements.ts'

const texts = (script: string, lexicon = postgres.lexicon): string[] =>
  cutStatements(script, lexicon).map(statement => statement.text)

const SCRIPTS: readonly (readonly [string, readonly string[]])[] = [
  ['', []],
  [' ;; -- nothing\n; /* ; */ ;', []],
  ['SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
  [`SELECT ';' ; SELECT 'it''s;'`, [`SELECT ';'`, `SELECT 'it''s;'`]],
  [`SELECT E'\\';' ; SELECT '\\' ; X`, [`SELECT E'\\';'`, `SELECT '\\'`, 'X']],
  ['SELECT ";""" ; X', ['SELECT ";"""', 'X']],
  ['DO $$ BEGIN; END $$; X', ['DO $$ BEGIN; END $$', 'X']],
  ['SELECT $a$ $b$; $$ $a$; X', ['SELECT $a$ $b$; $$ $a$', 'X']],
  ['SELECT $1; X', ['SELECT $1', 'X']],
  ['SELECT a$b; X$c; Y', ['SELECT a$b', 'X$c', 'Y']],
  ['/* a /* b; */ c; */ X', ['X']],
  ['SELECT 1 -- ; comment\n, 2; X', ['SELECT 1 -- ; comment\n, 2', 'X']],
  [`SELECT 'never ends; X`, [`SELECT 'never ends; X`]],
]

test.each(SCRIPTS)('%j is cut at its own semicolons only', (script, expected) => {
  expect(texts(script)).toEqual(expected)
})

test('block comments nest where the engine says so', () => {
  expect(texts('/* a /* b */ X; /* */', duckdb.lexicon)).toEqual(['X'])
})

const MYSQL_SCRIPTS: readonly (readonly [string, readonly string[]])[] = [
  [`SELECT 'it\\'s;'; X`, [`SELECT 'it\\'s;'`, 'X']],
  [`SELECT "a;\\";"; X`, [`SELECT "a;\\";"`, 'X']],
  ['SELECT `a;``"`; X', ['SELECT `a;``"`', 'X']],
  ['SELECT 1 # one; two\n; X # end', ['SELECT 1', 'X']],
  ['SELECT 5--3; -- c;\nX --', ['SELECT 5--3', 'X']],
  ['/*!40101 SET NAMES utf8 */; /* no; */ X', ['/*!40101 SET NAMES utf8 */', 'X']],
  ['/*M!100616 SET @a = 1 */; X', ['/*M!100616 SET @a = 1 */', 'X']],
  ['SELECT $$;$$', ['SELECT $$', '$$']],
]

test.each(MYSQL_SCRIPTS)('%j is cut as MySQL reads it', (script, expected) => {
  expect(texts(script, mysql.lexicon)).toEqual(expected)
})

test('each statement knows its offset and its line', () => {
  expect(cutStatements('\n-- c\n  A;\r\n\nB\n;C', postgres.lexicon)).toEqual([
    { text: 'A', offset: 8, line: 3 },
    { text: 'B', offset: 13, line: 5 },
    { text: 'C', offset: 16, line: 6 },
  ])
})

test('pieces put together are cut into the same pieces', () => {
  const piece = fc.constantFrom(
    'SELECT 1',
    `'a;b'`,
    `E'\\';'`,
    '"x;y"',
    '$$ ; $$',
    '$t$ $$ ; $t$',
    'f(x)',
    '1.5e3',
    'é🎉',
  )
  const filler = fc.constantFrom(' ', '\n', '/* ; */', '-- ;\n', '/* /* ; */ */')
  const statement = fc
    .array(fc.tuple(piece, filler), { minLength: 1, maxLength: 6 })
    .map(parts =>
      parts
        .map(([text, blank], i) => (i === parts.length - 1 ? text : text + ' ' + blank))
        .join(''),
    )
  fc.assert(
    fc.property(fc.array(fc.tuple(filler, statement, filler), { maxLength: 8 }), parts => {
      const script = parts.map(([before, text, after]) => before + text + ' ' + after).join(';')
      const found = cutStatements(script, postgres.lexicon)
      expect(found.map(one => one.text)).toEqual(parts.map(([, text]) => text))
      for (const { text, offset, line } of found) {
        expect(script.slice(offset, offset + text.length)).toBe(text)
        expect(script.slice(0, offset).split('\n').length).toBe(line)
      }
    }),
  )
})

test('nothing that is typed makes it fail or lose a character of a statement', () => {
  const anything = fc.string({
    unit: fc.constantFrom(...Array.from(`'";$-/*\\Ee \n1aé`)),
    maxLength: 60,
  })
  fc.assert(
    fc.property(anything, script => {
      let end = 0
      for (const { text, offset } of cutStatements(script, postgres.lexicon)) {
        expect(offset).toBeGreaterThanOrEqual(end)
        expect(script.slice(offset, offset + text.length)).toBe(text)
        end = offset + text.length
      }
    }),
  )
})

test('time grows with the length, not with its square', () => {
  const ms = (script: string): number => {
    const started = performance.now()
    cutStatements(script, postgres.lexicon)
    return performance.now() - started
  }
  for (const unit of [`INSERT INTO t VALUES (1, 'x');\n`, '/*', '$', `'`, '$a$ ', '--', '((']) {
    ms(unit.repeat(20_000))
    expect(ms(unit.repeat(200_000))).toBeLessThan(3_000)
  }
})
