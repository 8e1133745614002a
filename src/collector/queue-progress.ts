import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../core/errors.ts'
import { overwriteFile } from './overwrite-file.ts'

const FILE = 'queue-progress'

/**
 * How many rows of the segment under way a queue has taken: `SEGMENT ROWS`, both in 16 digits. Written
 * when a batch was accepted, so that a restart repeats one batch at most.
 */
export class QueueProgress {
  readonly #path: string
  #sequence: number
  #rows: number

  private constructor(path: string, sequence: number, rows: number) {
    this.#path = path
    this.#sequence = sequence
    this.#rows = rows
  }

  /** @throws FerryError DENIED, LOCAL_IO */
  static async open(directory: string): Promise<QueueProgress> {
    const path = join(directory, FILE)
    const text = await readFile(path, 'latin1').catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return ''
      throw asLocalIoError(error, path)
    })
    const [, sequence = '-1', rows = '0'] = /^(\d{16}) (\d{16})\n$/.exec(text) ?? []
    return new QueueProgress(path, Number(sequence), Number(rows))
  }

  /** Rows of a segment that the queue has. */
  rowsOf(sequence: number): number {
    return sequence === this.#sequence ? this.#rows : 0
  }

  /**
   * Where the disk is full it is kept in memory alone: to go on, which makes room, is worth more than
   * a segment that is not sent twice.
   */
  async note(sequence: number, rows: number): Promise<void> {
    this.#sequence = sequence
    this.#rows = rows
    const text = [sequence, rows].map(one => String(one).padStart(16, '0')).join(' ')
    await overwriteFile(this.#path, `${text}\n`).catch((error: unknown) => {
      if (!(error instanceof FerryError) || error.code !== 'LOCAL_IO') throw error
    })
  }
}
