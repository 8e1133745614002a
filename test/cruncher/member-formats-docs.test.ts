import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GENERIC, LIKELY, SURE, type Sureness } from '../../src/cruncher/format.ts'
import { JSON_FORMATS, PAIR_FORMATS } from '../../src/cruncher/member-registry.ts'

const PAGE = join(import.meta.dirname, '../../docs/crunch-formats.md')
const TABLE = /(<!-- members: [^>]*-->\n)[^]*(<!-- end of members -->)/

const SURENESS = { [SURE]: 'sure', [LIKELY]: 'likely', [GENERIC]: 'generic' } as const

interface Row {
  readonly name: string
  readonly title: string
  readonly sureness: Sureness
  readonly envelope?: boolean
  readonly multiline?: boolean
}

function row({ name, title, sureness, envelope, multiline }: Row): string {
  const lines = multiline === true ? 'several' : 'one'
  return `| \`${name}\` | ${title} | ${SURENESS[sureness]} | ${envelope === true ? 'around others' : lines} |`
}

test('docs/crunch-formats.md has the formats of JSON and of pairs (UPDATE_DOCS=1 writes it)', async () => {
  const page = await readFile(PAGE, 'utf8')
  const formats: readonly Row[] = [...JSON_FORMATS, ...PAIR_FORMATS]
  const table = ['| name | what | how sure | lines |', '|---|---|---|---|', ...formats.map(row)]
  const expected = page.replace(TABLE, (_, start, end) => `${start}\n${table.join('\n')}\n\n${end}`)
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(PAGE, expected)
  else expect(page).toBe(expected)
})
