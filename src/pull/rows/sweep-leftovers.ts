import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'

/**
 * Removes the temporary files that killed pulls left beside `path`: the rows that waited there may be
 * many. To be called by who holds the table's lock.
 */
export async function sweepLeftovers(path: string): Promise<void> {
  const folder = dirname(path)
  const start = `${basename(path)}.`
  let names: readonly string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return
    throw error
  }
  const left = names.filter(name => {
    return (
      name.startsWith(start) &&
      /^(rows|keys|rejected\.jsonl|tmp-\d+-\w+$)/.test(name.slice(start.length)) &&
      name.includes('.tmp-')
    )
  })
  for (const name of left) await rm(join(folder, name), { force: true })
}
