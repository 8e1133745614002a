import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../../core/errors.ts'
import { templateFiles } from './template-files.ts'

export interface CreatedFile {
  /** Relative to the project. */
  readonly path: string
  /** False: it was there before and is as it was. */
  readonly made: boolean
}

/**
 * Writes a new project. A file that exists is never touched. May be called again.
 * @throws FerryError DENIED, LOCAL_IO
 */
export async function createProject(directory: string, name: string): Promise<CreatedFile[]> {
  const created: CreatedFile[] = []
  for (const { path, text, executable } of templateFiles(name)) {
    const full = join(directory, path)
    created.push({ path, made: await writeNew(full, text, executable ? 0o755 : 0o644) })
  }
  return created
}

async function writeNew(path: string, text: string, mode: number): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx', mode })
    return true
  } catch (error) {
    const code = systemErrorCode(error)
    const folderFailed = error instanceof Error && 'syscall' in error && error.syscall === 'mkdir'
    if (code === 'EEXIST' && !folderFailed) return false
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new FerryError(
        'USAGE',
        `a file stands where the folder \`${dirname(path)}\` is to be`,
        {
          cause: error,
          hint: 'choose another folder',
        },
      )
    }
    throw asLocalIoError(error, path)
  }
}
