import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError, systemErrorCode } from '../core/errors.ts'

/** Nights of a project that left results, up to one of them and that one always, ascending. */
export async function nightsUpTo(
  directory: string,
  date: string,
  most: number,
): Promise<readonly string[]> {
  const folder = join(directory, 'results')
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw asLocalIoError(error, folder)
  })
  const before = names.filter(name => /^\d{4}-\d{2}-\d{2}$/.test(name) && name < date)
  return [...before.sort().slice(1 - most), date]
}
