import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const PAGE = join(import.meta.dirname, '../../docs/stores-tested.md')

/** The row that docs/stores-tested.md has for a driver; with UPDATE_DOCS=1 it becomes `row`. */
export async function rowOnPage(row: string): Promise<string | undefined> {
  const [, driver = ''] = row.split('|')
  const page = await readFile(PAGE, 'utf8')
  const found = page.split('\n').find(line => line.startsWith(`|${driver}|`))
  const isHeader = driver.trim() === 'driver'
  if (process.env['UPDATE_DOCS'] !== '1' || found === undefined || isHeader) return found
  await writeFile(PAGE, page.replace(found, row))
  return row
}
