import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isProcessAlive } from '../core/is-process-alive.ts'

const parentOf = (directory: string): string => join(directory, '.ferry', 'load')

/** Removes what loads that were killed left in a project. */
async function removeLeftFolders(directory: string): Promise<void> {
  const parent = parentOf(directory)
  await mkdir(parent, { recursive: true })
  for (const name of await readdir(parent)) {
    const pid = /^parts-(\d+)-/.exec(name)?.[1]
    if (pid === undefined || isProcessAlive(Number(pid))) continue
    await rm(join(parent, name), { recursive: true, force: true })
  }
}

/** Works with a folder of this load alone, for files on their way; it is gone afterwards. */
export async function withPartsFolder<Result>(
  directory: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  await removeLeftFolders(directory)
  const folder = await mkdtemp(join(parentOf(directory), `parts-${process.pid}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
