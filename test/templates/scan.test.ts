import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { extractReferences, scanTemplate } from '../../src/templates/scan.ts'

const names = (found: readonly { name: string; line: number }[]): string[] =>
  found.map(({ name, line }) => `${name}:${line}`)

describe('variables', () => {
  test.for([
    ['a name', '\n<%= a %> <%= a %>', ['a:2']],
    [
      'both branches',
      '<% if (a) { %><%= b %><% } else { %>\n<%= c %><% } %>',
      ['a:1', 'b:1', 'c:2'],
    ],
    [
      'not what is declared',
      '<% const a = 1; let [b, { c, d: e }] = x; function f(g, ...h) { return g + h } %><%= a + b + c + e + f() + d %>',
      ['x:1', 'd:1'],
    ],
    [
      'not parameters and loops',
      '<% for (const r of rows) { %><%= r.a %><% } rows.map((q, i) => q[i]) %>',
      ['rows:1'],
    ],
    ['a name after its block', '<% { let a = 1 } %>\n<%= a %>', ['a:2']],
    ['var reaches out of its block', '<% if (x) { var a = 1 } %><%= a %>', ['x:1']],
    [
      'not properties and labels',
      '<% l: for (;;) break l %><%= ({ a: 1, b, [c]: 2 }).a.d %>',
      ['b:1', 'c:1'],
    ],
    ["not JavaScript's names, but Node's", '<%= Math.max(1) + process %>', ['process:1']],
    ["not Ferry's names", '<%= today + literal(yesterday) + identifier("x") %>', []],
    ['not in text, strings and comments', 'a <%# b %> <% /* c */ %><%= "d" %>', []],
    ['in template strings', '<%= literal(`${data}/x`) %>', ['data:1']],
    ['not a caught error', '<% try { f() } catch (error) { error } %>', ['f:1']],
    ['not what it sets itself', '<% set("a", 1); ctx.b = 2 %><%= a + b %>', []],
  ] as const)('%s', ([, text, expected]) => {
    expect(names(scanTemplate('a.sql', text).variables)).toEqual(expected)
  })

  test('ctx.NAME is optional where it is read, and given where it is written', () => {
    const scan = scanTemplate('a.sql', '<%= ctx.a ?? 1 %>\n<% ctx.b = 1; set("c", 2) %>')
    expect([names(scan.optional), names(scan.assigned)]).toEqual([['a:1'], ['b:2', 'c:2']])
  })

  test('wrong syntax is told with its line', () => {
    expect(() => scanTemplate('a.sql', 'a\n<% if (x) { %>')).toThrow('a.sql:2: `{` is never closed')
  })
})

describe('references', () => {
  test('are found on every branch, each once, with the first line', () => {
    const text = `<%= ref('a') %> <%= ref("a") %>
<% if (false) { %> <%= source('s', \`t\`) %>
<% } %> <%= ref('b') %> ref('c') <%# ref('d') %>`
    expect(extractReferences('m.sql', text)).toEqual({
      includes: [],
      refs: [
        { name: 'a', line: 1 },
        { name: 'b', line: 3 },
      ],
      sources: [{ source: 's', table: 't', line: 2 }],
    })
  })

  test('of included files count, on the line of the include', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ferry-scan-'))
    await writeFile(join(directory, 'part.sql'), "\n\n<%= ref('inner') %>")
    const folders = { directory, roots: [] }
    expect(extractReferences('m.sql', "\n<%= include('part.sql') %>", folders)).toEqual({
      refs: [{ name: 'inner', line: 2 }],
      sources: [],
      includes: ['part.sql'],
    })
    expect(() => extractReferences('m.sql', "\n<%= include('no.sql') %>", folders)).toThrow(
      'm.sql:2: no file `no.sql` to include',
    )
  })

  test.for(['ref(name)', 'ref()', 'source("a", b)', 'include(`x${y}`)'])(
    '%s cannot be told before it runs, and is refused',
    call => {
      const name = call.slice(0, call.indexOf('('))
      expect(() => extractReferences('m.sql', `\n<%= ${call} %>`)).toThrow(
        `m.sql:2: \`${name}\` takes names written out, not computed`,
      )
    },
  )
})
