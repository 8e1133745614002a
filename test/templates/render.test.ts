import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { array, assert, asyncProperty, constantFrom, oneof, string } from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { FerryError } from '../../src/core/errors.ts'
import { parseLogicalDate } from '../../src/core/logical-date.ts'
import { renderTemplate, type TemplateEnvironment } from '../../src/templates/render.ts'
import { createSqlNames, type Quoting } from '../../src/templates/sql-names.ts'

const RUNS = process.env['FERRY_SOAK'] === '1' ? 5_000 : 300

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-templates-'))
  const file = (name: string, text: string) => writeFile(join(directory, name), text)
  await file('condition.sql', '-- condition\nwhere a = <%= n %>\n  and b\n')
  await file('unknown.sql', 'one\ntwo <%= mising %>\n')
  await file('wrong.sql', '\n\n<%= a b %>')
  await file('self.sql', '\n<%= include("self.sql") %>')
  await file('ping.sql', '<%= include("pong.sql") %>')
  await file('pong.sql', '<%= include("ping.sql") %>')
})

const quoting = {
  identifier: (name: string) => `"${name.replaceAll('"', '""')}"`,
  literal: (value: Parameters<Quoting['literal']>[0]) =>
    typeof value === 'number' ? String(value) : `'${String(value)}'`,
}

function environment(context: Record<string, unknown> = {}): TemplateEnvironment {
  const builtins = { ...createSqlNames(quoting, parseLogicalDate('2026-03-01')) }
  return { context, builtins, directory, roots: [] }
}

const render = async (text: string, context: Record<string, unknown> = {}): Promise<string> =>
  (await renderTemplate({ file: 'main.sql', text }, environment(context))).sql

const failure = async (text: string, context: Record<string, unknown> = {}): Promise<FerryError> =>
  render(text, context).then(
    sql => Promise.reject(new Error(`rendered to ${sql}`)),
    (error: unknown) => {
      if (error instanceof FerryError) return error
      throw error
    },
  )

describe('tags', () => {
  test.for([
    ['a value is written as it is', `<%= "a<b & 'c'" %>`, `a<b & 'c'`],
    [
      'code writes what lies between its tags',
      '<% for (const n of [1, 2]) { %>x<%= n %> <% } %>',
      'x1 x2 ',
    ],
    ['an `if` without braces takes one piece of text', '<% if (false) %>no<% ; %>yes', 'yes'],
    ['a line end after a plain tag stays', '<% const a = 1 %>\nx', '\nx'],
    ['`-%>` takes the line end after it', '<% const a = 1 -%>\nx', 'x'],
    ['`-%>` takes a Windows line end', '<% const a = 1 -%>\r\nx', 'x'],
    ['`-%>` takes no more than one', '<%= 1 -%>\n\nx', '1\nx'],
    ['`<%-` takes the indentation before it', 'a\n \t<%- 1 -%>\nb', 'a\nb'],
    ['`<%-` takes no blanks after text', 'a  <%- 1 %>b', 'a  b'],
    ['`<%-` works after a line that was taken', '<% 1 -%>\n  <%- 2 -%>\nx', 'x'],
    ['`<%-=` takes the indentation of a value', 'a\n  <%-= 7 %>', 'a\n7'],
    ['a comment vanishes, apostrophes and all', "a<%# don't <%= x %>b", 'ab'],
    ['a comment takes its line with it', "<%# it's -%>\nx", 'x'],
    ['`<%%` stands for `<%`', 'a <%% b', 'a <% b'],
    ['`%%>` in a tag stands for `%>`', `<%= '%%>' %>`, '%>'],
    ['`%>` outside of a tag is text', 'a %> b', 'a %> b'],
    ['a comment in JavaScript may end a value', '<%= 1 // one %>2', '12'],
    ['an apostrophe in a JavaScript comment is no string', "<% // don't %>\nx", '\nx'],
    ['a semicolon may end a value', '<%= 1; %>', '1'],
    ['a value may have several lines', '<%= [1,\n  2].length\n%>', '2'],
    ['a regular expression may hold quotes', `<%= /'/.test("it's") %>`, 'true'],
    [
      'a function may write text',
      '<% const f = x => { %>[<%= x %>]<% } %><% f(1); f(2) %>',
      '[1][2]',
    ],
  ] as const)('%s', async ([, text, sql]) => {
    expect(await render(text)).toBe(sql)
  })

  test('text without tags renders to itself', async () => {
    const piece = oneof(
      string({ unit: 'binary' }),
      constantFrom('\r\n', '\r', '\n', '\\', '`', '${x}', "'", '%>', '\u2028', '<', '%', '-%>'),
    )
    const text = array(piece).map(pieces => pieces.join('').replaceAll(/<+%/g, '%'))
    await assert(
      asyncProperty(text, async one => {
        expect(await render(one)).toBe(one)
      }),
      { numRuns: RUNS },
    )
  })

  test('a value renders to itself', async () => {
    await assert(
      asyncProperty(string({ unit: 'binary' }), async value => {
        expect(await render('<%= value %>', { value })).toBe(value)
      }),
      { numRuns: RUNS },
    )
  })
})

describe('values', () => {
  test.for([
    ['null', 'null'],
    ['12n', '12'],
    ['true', 'true'],
    ['[1, 2]', '1, 2'],
    ['literal(["a", 1])', "'a', 1"],
    ['literal([])', 'NULL'],
    ['identifier("a b", "c")', '"a b"."c"'],
    ['today', '2026-03-01'],
    ['yesterday', '2026-02-28'],
    ['typeof nothing', 'undefined'],
    ['ctx.nothing ?? 5', '5'],
  ] as const)('<%%= %s %%> is %s', async ([code, text]) => {
    expect(await render(`<%= ${code} %>`)).toBe(text)
  })

  test.for([
    ['undefined', 'the value is undefined'],
    ['({}).a', 'the value is undefined'],
    ['({})', 'the value is an object; name a field of it'],
    ['["a"]', 'the value is a list; write literal(list)'],
    ['new Date(0)', 'the value is a date; write literal(date)'],
    ['literal', 'the value is a function; call it: literal(...)'],
    ['0 / 0', 'the value is not a number (NaN)'],
    ['identifier("")', 'identifier() takes names, not an empty one'],
    ['literal(undefined)', 'literal() takes a value or a list, not undefined'],
  ] as const)('<%%= %s %%> is refused', async ([code, message]) => {
    const error = await failure(`\n<%= ${code} %>`)
    expect([error.code, error.message]).toEqual(['TEMPLATE_INVALID', `main.sql:2: ${message}`])
  })
})

describe('errors name the file and the line', () => {
  test.for([
    ['an unknown name', 'a\n\n<%= limt %>', 'main.sql:3: `limt` is not defined'],
    [
      'an unknown name far into a tag',
      '<%\n\n  const a = limt\n%>',
      'main.sql:3: `limt` is not defined',
    ],
    ["one of Node's names", '\n<% process.exit() %>', 'main.sql:2: `process` is not defined'],
    ["one of eta's names", '\n<%= layout %>', 'main.sql:2: `layout` is not defined'],
    ['an assignment to an unknown name', '\n<% x = 1 %>', 'main.sql:2: `x` is not defined'],
    [
      'an assignment to a variable',
      '<% limit = 1 %>',
      'main.sql:1: `limit` can only be changed with set() or ctx',
    ],
    [
      "an assignment to one of Ferry's names",
      '<% set("today", 1) %>',
      "main.sql:1: `today` is a name of Ferry's own and cannot be set",
    ],
    ['a tag that is never closed', 'a\n<%= b', 'main.sql:2: `<%=` is never closed'],
    [
      'a tag that the next one closes',
      '\n<%= a \n<%= b %>',
      'main.sql:2: `<%=` is not closed with `%>` before the next tag',
    ],
    [
      'a bracket that is never closed',
      'a\n<% if (limit) { %>\nb\nc',
      'main.sql:2: `{` is never closed',
    ],
    ['a bracket that closes nothing', 'a\n\n<% } %>', 'main.sql:3: `}` closes nothing'],
    [
      'a wrong bracket',
      '<% [1, 2].map(n => {\n%>\n<% ]) %>',
      'main.sql:3: `]` does not close `{` of line 1',
    ],
    ['an empty value', '\n<%= %>', 'main.sql:2: nothing between `<%=` and `%>`'],
    ['a wrong expression', '\n\n<%= a b %>', "main.sql:3: unexpected identifier 'b'"],
    [
      'a wrong statement',
      'a\n<% let a = 1\n  const a = 2 %>',
      "main.sql:3: identifier 'a' has already been declared",
    ],
    [
      'a thrown error',
      '<% const f = () => {\n  throw new Error("no") }\n\nf() %>',
      'main.sql:2: no',
    ],
    ['a thrown text', 'a\nb <%= 1 %>\n<% throw "no" %>', 'main.sql:3: thrown: no'],
    [
      'an unknown include',
      '\n<%= include("none.sql") %>',
      'main.sql:2: no file `none.sql` to include',
    ],
    [
      'an unknown name in an include',
      '\n<%= include("unknown.sql") %>',
      'unknown.sql:2: `mising` is not defined\nincluded from main.sql:2',
    ],
    [
      'wrong syntax in an include',
      '\n<%= include("wrong.sql") %>',
      "wrong.sql:3: unexpected identifier 'b'\nincluded from main.sql:2",
    ],
    [
      'a file that includes itself',
      '\n\n<%= include("self.sql") %>',
      'self.sql:2: `self.sql` is included by itself: self.sql -> self.sql\nincluded from main.sql:3',
    ],
  ] as const)('%s', async ([, text, message]) => {
    expect((await failure(text, { limit: 1 })).message).toBe(message)
  })

  test('files that include each other are named in a circle', async () => {
    const { message } = await failure('<%= include("ping.sql") %>')
    expect(message).toContain('`ping.sql` is included by itself: ping.sql -> pong.sql -> ping.sql')
  })

  test('a misspelt name comes with the nearest one', async () => {
    expect((await failure('<%= limt %>', { limit: 1 })).hint).toBe('did you mean `limit`?')
    expect((await failure('<%= todya %>')).hint).toBe('did you mean `today`?')
    expect((await failure('<%= country %>')).hint).toBe('give it: --var country=VALUE')
    expect((await failure('<%= ref("a") %>')).hint).toBe('ref() is for models: ferry model NAME')
  })

  test('a loop of text and tags reports the line of the tag wherever it stands', async () => {
    const line = constantFrom(
      'select 1',
      '<% const a = {\n } %>',
      '-- é <%= 1\n+ 1 %>',
      '',
      '<%# c\n -%>',
      'x <% 1 -%>',
    )
    await assert(
      asyncProperty(array(line), async lines => {
        const text = lines.map(one => `<% { %>${one}<% } %>\n`).join('')
        const { message } = await failure(`${text}<%= nowhere %>`)
        const expected = text.split('\n').length
        expect(message).toBe(`main.sql:${expected}: \`nowhere\` is not defined`)
      }),
      { numRuns: RUNS },
    )
  })
})

describe('a shared context', () => {
  test('what one template sets is a name in the next', async () => {
    const context = {}
    await render('<% set("a", 1); ctx.b = [2, 3] %>', context)
    expect(await render('<%= a %> <%= b %> <%= ctx.a %>', context)).toBe('1 2, 3 1')
  })

  test('a name declared in a template hides a variable and stays there', async () => {
    const context = { rows: 1 }
    expect(await render('<% const rows = 2 %><%= rows %>', context)).toBe('2')
    expect(await render('<%= rows %>', context)).toBe('1')
  })

  test('nothing leaks into other programs', async () => {
    await render('<% function leaked() {} var alsoLeaked = 1 %>')
    expect('leaked' in globalThis || 'alsoLeaked' in globalThis).toBe(false)
  })

  test('names given to an include are known there and in no other file', async () => {
    expect(await render('<%= include("condition.sql", { n: 7 }).trim() %>')).toContain('a = 7')
    expect((await failure('<% include("condition.sql", { n: 7 }) %><%= n %>')).message).toBe(
      'main.sql:1: `n` is not defined',
    )
  })

  test('a step for the rows gets them, and its error names the line', async () => {
    const context: Record<string, unknown> = {}
    const text = '\n<% after(rows => {\n  set("ids", rows.map(row => row.id.length)) }) %>'
    const { after } = await renderTemplate({ file: 'main.sql', text }, environment(context))
    await after[0]?.([{ id: 'ab' }, { id: 'c' }])
    expect(context['ids']).toEqual([2, 1])
    await expect(after[0]?.([{}])).rejects.toThrow(/^main\.sql:3: Cannot read properties/)
  })
})

describe('the line map', () => {
  test('points from each word of the SQL to the file and line that wrote it', async () => {
    const text = [
      'one',
      '<%= include("condition.sql", { n: "x\\ny" }).trim() %> tail',
      'three <%= "value\\nsecond" %> after',
      '<% for (const n of [1, 2]) { -%>',
      'loop<%= n %>',
      '<% } -%>',
      'last',
    ].join('\n')
    const { sql, lineMap } = await renderTemplate({ file: 'main.sql', text }, environment())
    const place = (word: string): string => {
      const { file, line } = lineMap.locate(sql.indexOf(word))
      return `${word} ${file}:${line}`
    }
    const words = [
      'one',
      'condition',
      'where',
      'x',
      'y',
      'and b',
      'tail',
      'three',
      'second',
      'after',
      'loop1',
      'loop2',
      'last',
    ]
    expect(words.map(place)).toEqual([
      'one main.sql:1',
      'condition condition.sql:1',
      'where condition.sql:2',
      'x condition.sql:2',
      'y condition.sql:2',
      'and b condition.sql:3',
      'tail main.sql:2',
      'three main.sql:3',
      'second main.sql:3',
      'after main.sql:3',
      'loop1 main.sql:5',
      'loop2 main.sql:5',
      'last main.sql:7',
    ])
  })

  test('of text without tags counts its lines', async () => {
    const line = string({ unit: 'binary' }).map(one => one.replaceAll(/<%|\n/g, ''))
    await assert(
      asyncProperty(array(line, { minLength: 1 }), async lines => {
        const text = lines.join('\n')
        const { lineMap } = await renderTemplate({ file: 'a.sql', text }, environment())
        let offset = 0
        for (const [index, one] of lines.entries()) {
          expect(lineMap.locate(offset)).toEqual({ file: 'a.sql', line: index + 1 })
          offset += one.length + 1
        }
      }),
      { numRuns: RUNS },
    )
  })
})
