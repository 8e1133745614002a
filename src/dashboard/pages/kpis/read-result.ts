import { closeSync, openSync, readSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { FerryError } from '../../../core/errors.ts'
import { type Field, parseCsv } from '../../../formats/csv.ts'

const PIECE_BYTES = 64 * 1024

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
    throw gone(error)
  }
}

const gone = (cause: unknown): FerryError =>
  new FerryError('INPUT_MISSING', 'the file of the result is gone', { cause })

/** The first rows of a CSV with a header line. @throws FerryError INPUT_MISSING */
export async function readResult(path: string, most: number): Promise<ResultRows> {
  const rows: (readonly Field[])[] = []
  for await (const batch of parseCsv(pieces(path))) {
    rows.push(...batch)
    if (rows.length > most + 1) break
  }
  const [header = [], ...data] = rows
  return {
    names: header.map(name => name ?? ''),
    rows: data.slice(0, most),
    isCut: data.length > most,
  }
}

/** Read at once, one at a time: in a thread, each would wait behind all other readers' pages. */
function* pieces(path: string): Generator<Uint8Array> {
  const file = openThere(path)
  try {
    for (let at = 0; ; ) {
      const piece = new Uint8Array(PIECE_BYTES)
      const length = readSync(file, piece, 0, PIECE_BYTES, at)
      if (length === 0) return
      at += length
      yield piece.subarray(0, length)
    }
  } finally {
    closeSync(file)
  }
}

function openThere(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw gone(error)
  }
}
