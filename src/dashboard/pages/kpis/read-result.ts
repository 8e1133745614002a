import { createReadStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { FerryError } from '../../../core/errors.ts'
import { type Field, parseCsv } from '../../../formats/csv.ts'

export interface ResultRows {
  readonly names: readonly string[]
  readonly rows: readonly (readonly Field[])[]
  /** There are more than these. */
  readonly isCut: boolean
}

/** The path of a result, which a receipt names relative to the project; never outside of `results/`. */
export function resultPath(project: string, result: string): string {
  const folder = join(project, 'results') + sep
  const path = resolve(project, result)
  if (path.startsWith(folder)) return path
  throw new FerryError('INPUT_MISSING', `\`${result}\` is no result of the project`)
}

/** @throws FerryError INPUT_MISSING */
export async function assertThere(path: string): Promise<void> {
  try {
    await access(path)
  } catch (error) {
    throw new FerryError('INPUT_MISSING', 'the file of the result is gone', { cause: error })
  }
}

/** The first rows of a CSV with a header line. @throws FerryError INPUT_MISSING */
export async function readResult(path: string, most: number): Promise<ResultRows> {
  await assertThere(path)
  const rows: (readonly Field[])[] = []
  const stream = createReadStream(path)
  try {
    for await (const batch of parseCsv(stream)) {
      rows.push(...batch)
      if (rows.length > most + 1) break
    }
  } finally {
    stream.destroy()
  }
  const [header = [], ...data] = rows
  return {
    names: header.map(name => name ?? ''),
    rows: data.slice(0, most),
    isCut: data.length > most,
  }
}
