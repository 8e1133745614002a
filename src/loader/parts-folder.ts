import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isProcessAlive } from '../core/is-process-alive.ts'

const parentOf = (directory: string): string => join(directory, '.ferry', 'load')

/** Removes what loads that were killed left in a project. */
export async function removeLeftFolders(directory: string): Promise<void> {
  const parent = parentOf(directory)
  await mkdir(parent, { recursive: true })
  for (const name of await readdir(parent)) {
    const pid = /^parts-(\d+)-/.exec(name)?.[1]
    if (pid === undefined || isProcessAlive(Number(pid))) continue
    await rm(join(parent, name), { recursive: true, force: true })
  }
}

/** A folder of this load alone, for files on their way. Absolute path; the caller removes it. */
export async function makePartsFolder(directory: string): Promise<string> {
  return mkdtemp(join(parentOf(directory), `parts-${process.pid}-`))
}
