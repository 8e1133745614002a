import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { FerryError, systemErrorCode } from '../../core/errors.ts'

/** A named pipe that only this user can open. Node cannot make one itself. */
async function makeFifo(path: string): Promise<void> {
  await rm(path, { force: true })
  const child = spawn('mkfifo', ['-m', '600', path], { stdio: 'ignore' })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('exit', resolve)
  }).catch((error: unknown) => {
    throw new FerryError('TOOL_MISSING', '`mkfifo` does not run', {
      cause: error,
      hint: 'install GNU coreutils',
    })
  })
  if (code !== 0) throw new FerryError('LOCAL_IO', `cannot make the named pipe \`${path}\``)
}

/** Opens the reading end of a FIFO, which is made when it is not there. */
export async function openOrMakeFifo(path: string): Promise<FifoReader> {
  try {
    return openFifo(path)
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error
  }
  await makeFifo(path)
  return openFifo(path)
}

export interface FifoReader {
  readonly bytes: Socket
  /** Nobody will write any more: `bytes` ends after what is on its way. May be called twice. */
  finish(): void
}

/**
 * Opens the reading end without waiting for a writer. A writing end of our own is held open until
 * `finish`, so that the stream cannot end before the real writer has come.
 */
function openFifo(path: string): FifoReader {
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  let keeper: number | undefined
  try {
    keeper = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    closeSync(readEnd)
    throw error
  }
  const bytes = new Socket({ fd: readEnd, readable: true, writable: false })
  return {
    bytes,
    finish() {
      if (keeper !== undefined) closeSync(keeper)
      keeper = undefined
    },
  }
}

/** Lets go a writer that waits for a reader of the FIFO; its next write fails. */
export function releaseWriter(path: string): void {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
  } catch {
    // No FIFO, nobody waits for it.
  }
}
