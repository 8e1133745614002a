import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OUTPUT_COLUMNS } from '../../../src/cruncher/output/columns.ts'
import { PARTITION_FIELDS } from '../../../src/cruncher/output/partition-key.ts'

const PAGE = join(import.meta.dirname, '../../../docs/crunch-output.md')
const HEADER = '| column | type | what |\n|---|---|---|\n'

test('the page has the table of the columns; UPDATE_DOCS=1 writes it', async () => {
  const rows = OUTPUT_COLUMNS.map(({ name, kind, what }) => `| \`${name}\` | ${kind} | ${what} |\n`)
  const page = await readFile(PAGE, 'utf8')
  const start = page.indexOf(HEADER) + HEADER.length
  const end = page.indexOf('\n\n', start - 1) + 1
  const written = page.slice(0, start) + rows.join('') + page.slice(end)
  if (process.env['UPDATE_DOCS'] !== undefined) await writeFile(PAGE, written)
  else expect(page).toBe(written)
})

test('records can be partitioned by every column of text that the page does not except', () => {
  const columns = OUTPUT_COLUMNS.filter(({ kind }) => kind === 'text').map(({ name }) => name)
  const excepted = new Set<string>(['inferred', 'source_file'])
  const fields = new Set<string>(PARTITION_FIELDS)
  expect(columns.filter(name => !fields.has(name))).toEqual([...excepted])
})
