import { type FileHandle, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { tryFileLock } from '../../core/file-lock.ts'
import type { DeadLetter } from '../dead-letters.ts'
import {
  REFUSED_AGAIN,
  readProgress,
  removeTaken,
  takeFiles,
  type TakenFile,
  takenFiles,
} from './dead-letter-files.ts'
import { letterLines } from './letter-lines.ts'
import type { LetterAnswer } from './send-letter.ts'

/** What a worker began to write when its file was taken is written after so long. */
const LAST_WRITES_MS = 500

export interface ReplayOptions {
  /** The collector's spool. */
  readonly directory: string
  readonly send: (letter: DeadLetter) => Promise<LetterAnswer>
  readonly signal: AbortSignal
}

/** sent = accepted + refused. */
export interface ReplayAccount {
  sent: number
  accepted: number
  /** Refused again; they stay, with their new reason. */
  refused: number
  /** Lines that are no dead letters; they stay as they are. */
  unreadable: number
}

/**
 * Sends each dead letter of a spool once. One that is accepted leaves the spool when its answer has
 * come. Ends at the first error, or by the signal, with all others in the spool for the next call,
 * which goes on behind the last answer; `account` counts up to there.
 * @throws FerryError BUSY (another replay), LOCAL_IO, and what `send` throws
 */
export async function replayDeadLetters(
  options: ReplayOptions,
  account: ReplayAccount,
): Promise<void> {
  const { directory } = options
  await stat(directory).catch((error: unknown) => {
    throw asLocalIoError(error, directory)
  })
  using lock = tryFileLock(join(directory, 'replay.lock'))
  if (lock === undefined) {
    throw new FerryError('BUSY', `another replay is at work in \`${directory}\``, {
      hint: 'wait for that one to end',
    })
  }
  const unfinished = await takenFiles(directory)
  // All are taken first, so that what is refused now is not sent once more by this call.
  const taken = await takeFiles(directory)
  if (taken.length > 0) await sleep(LAST_WRITES_MS)
  for (const file of [...unfinished, ...taken]) await replayFile(file, options, account)
}

async function replayFile(
  file: TakenFile,
  options: ReplayOptions,
  account: ReplayAccount,
): Promise<void> {
  const { directory, send, signal } = options
  const progress = await Notes.open(file.progressPath, 'r+')
  const kept = await Notes.open(join(directory, REFUSED_AGAIN), 'a')
  try {
    for await (const { letter, text, end } of letterLines(file.path, await readProgress(file))) {
      signal.throwIfAborted()
      if (letter === undefined) {
        account.unreadable++
        await kept.append(text)
      } else {
        const answer = await send(letter)
        account.sent++
        account[answer.kind]++
        if (answer.kind === 'refused') {
          await kept.append(Buffer.from(JSON.stringify(answer.letter)))
        }
      }
      await progress.set(end)
    }
  } finally {
    await progress.close()
    await kept.close()
  }
  await removeTaken(file)
}

/** A small file whose writes are on disk when they return. */
class Notes {
  readonly #file: FileHandle
  readonly #path: string

  private constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
  }

  static async open(path: string, mode: 'r+' | 'a'): Promise<Notes> {
    try {
      if (mode === 'r+') await (await open(path, 'a', 0o640)).close()
      return new Notes(await open(path, mode, 0o640), path)
    } catch (error) {
      throw asLocalIoError(error, path)
    }
  }

  async append(line: Buffer): Promise<void> {
    await this.#write(Buffer.concat([line, Buffer.from('\n')]), null)
  }

  async set(value: number): Promise<void> {
    await this.#write(Buffer.from(String(value).padStart(16, '0')), 0)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #write(bytes: Buffer, position: number | null): Promise<void> {
    try {
      await this.#file.write(bytes, 0, bytes.length, position)
      await this.#file.datasync()
    } catch (error) {
      throw asLocalIoError(error, this.#path)
    }
  }
}
