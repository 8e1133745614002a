import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GENERIC, LIKELY, type LogFormat, SURE } from '../../src/cruncher/format.ts'
import { JSON_FORMATS, PAIR_FORMATS } from '../../src/cruncher/member-registry.ts'
import type { MemberFormat } from '../../src/cruncher/members/member-format.ts'
import { FORMATS, HEADER_FORMATS } from '../../src/cruncher/registry.ts'

const PAGE = join(import.meta.dirname, '../../docs/crunch-formats.md')
const TABLE = /(<!-- formats: [^>]*-->\n)[^]*(<!-- end -->)/

const SURENESS = { [SURE]: 'sure', [LIKELY]: 'likely', [GENERIC]: 'generic' } as const

function row({ name, title, sureness, envelope, multiline }: LogFormat | MemberFormat): string {
  const lines = multiline === true ? 'several' : 'one'
  return `| \`${name}\` | ${title} | ${SURENESS[sureness]} | ${envelope === true ? 'around others' : lines} |`
}

const rows = [...JSON_FORMATS, ...PAIR_FORMATS, ...FORMATS].map(row)

const headerRows = HEADER_FORMATS.flatMap(({ name, title, titles = { [name]: title } }) =>
  Object.entries(titles).map(
    ([lines, what]) => `| \`${lines}\` | ${what} | sure | one, behind a header |`,
  ),
)

test('docs/crunch-formats.md has the formats there are (UPDATE_DOCS=1 writes it)', async () => {
  const page = await readFile(PAGE, 'utf8')
  const table = ['| name | what | how sure | lines |', '|---|---|---|---|', ...rows, ...headerRows]
  const expected = page.replace(TABLE, (_, start, end) => `${start}\n${table.join('\n')}\n\n${end}`)
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(PAGE, expected)
  else expect(page).toBe(expected)
})
