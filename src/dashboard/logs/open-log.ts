import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import { logsPath } from '../nights/night-files.ts'

/** Names that `bin/tracking-shell` gives to logs: no slash, nothing hidden. */
const LOG_NAME = /^[A-Za-z0-9_%~-][A-Za-z0-9._%~-]{0,250}\.log$/

export const isLogName = (name: string): boolean => LOG_NAME.test(name)

/**
 * Opens a log of a night by its name. A name is no path: it is held to the form that logs have, a
 * symbolic link is not followed, and what is no plain file is not opened.
 * @throws FerryError INPUT_MISSING
 */
export async function openLog(
  project: string,
  date: LogicalDate,
  name: string,
): Promise<FileHandle> {
  const missing = (): FerryError =>
    new FerryError(
      'INPUT_MISSING',
      `there is no log \`${name.slice(0, 300)}\` of the night of ${date}`,
    )
  if (!isLogName(name)) throw missing()
  const path = join(logsPath(project, date), name)
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    if ((await file.stat()).isFile()) return file
    await file.close()
    throw missing()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '')) throw missing()
    throw asLocalIoError(error, path)
  }
}
