import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError, systemErrorCode } from '../../core/errors.ts'

/** Written by the workers, and by a replay for what was refused again. */
const KEPT = /^dead-letters-(\d+|refused)\.ndjson$/
/** Taken by a replay: none but it writes to these any more. */
const TAKEN = /^replaying-(\d+)\.ndjson$/

export const REFUSED_AGAIN = 'dead-letters-refused.ndjson'

/** A file of dead letters that a replay has taken, and how far it came with it. */
export interface TakenFile {
  readonly path: string
  /** Beside it: the byte up to which all letters have their answer. */
  readonly progressPath: string
}

/** What an earlier replay took and did not finish; it comes first. */
export async function takenFiles(directory: string): Promise<TakenFile[]> {
  const numbers = (await names(directory)).flatMap(name => {
    const number = TAKEN.exec(name)?.[1]
    return number === undefined ? [] : [Number(number)]
  })
  return numbers.sort((one, other) => one - other).map(number => takenFile(directory, number))
}

/**
 * Takes all files of dead letters away from the collector, which begins new ones. What it was about
 * to write still lands in the file that was taken, some milliseconds later.
 */
export async function takeFiles(directory: string): Promise<TakenFile[]> {
  const taken = await takenFiles(directory)
  let number = Math.max(
    0,
    ...taken.map(one => Number(TAKEN.exec(one.path.slice(directory.length + 1))?.[1])),
  )
  const added: TakenFile[] = []
  for (const name of (await names(directory)).filter(one => KEPT.test(one)).sort()) {
    const file = takenFile(directory, ++number)
    await local(file.path, () => rename(join(directory, name), file.path))
    added.push(file)
  }
  return added
}

/** Where to go on. */
export async function readProgress({ progressPath }: TakenFile): Promise<number> {
  try {
    const at = Number(await readFile(progressPath, 'utf8'))
    return Number.isSafeInteger(at) ? at : 0
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0
    throw asLocalIoError(error, progressPath)
  }
}

export async function removeTaken({ path, progressPath }: TakenFile): Promise<void> {
  await local(path, () => rm(path))
  await local(progressPath, () => rm(progressPath, { force: true }))
}

function takenFile(directory: string, number: number): TakenFile {
  const path = join(directory, `replaying-${number}.ndjson`)
  return { path, progressPath: `${path}.progress` }
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw asLocalIoError(error, directory)
  }
}

async function local<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}
