import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresent, writeFileAtomically } from '../../../core/atomic-write.ts'
import { FerryError } from '../../../core/errors.ts'
import { namesIn } from '../../nights/night-files.ts'

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/i
const LARGEST = 100_000

const folderOf = (project: string): string => join(project, 'queries')

/** Names of `queries/NAME.sql`, sorted. */
export async function savedQueries(project: string): Promise<string[]> {
  const names = await namesIn(folderOf(project))
  return names
    .filter(name => name.endsWith('.sql'))
    .map(name => name.slice(0, -'.sql'.length))
    .filter(name => NAME.test(name))
    .sort()
}

/** @throws FerryError INPUT_MISSING */
export async function readQuery(project: string, name: string): Promise<string> {
  const text = await readIfPresent(pathOf(project, name))
  if (text !== undefined) return text
  throw new FerryError('INPUT_MISSING', `there is no query \`${name}\``)
}

/** @throws FerryError USAGE */
export async function saveQuery(project: string, name: string, sql: string): Promise<void> {
  if (sql.trim() === '' || sql.length > LARGEST) {
    throw new FerryError('USAGE', `a query has 1 to ${LARGEST} characters`)
  }
  await mkdir(folderOf(project), { recursive: true })
  await writeFileAtomically(pathOf(project, name), sql.endsWith('\n') ? sql : `${sql}\n`)
}

/** A name is never a path. */
function pathOf(project: string, name: string): string {
  if (NAME.test(name)) return join(folderOf(project), `${name}.sql`)
  throw new FerryError('USAGE', `\`${name}\` cannot be the name of a query`, {
    hint: 'take letters, digits, - and _',
  })
}
