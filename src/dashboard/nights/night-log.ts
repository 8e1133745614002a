import { stat } from 'node:fs/promises'
import { systemErrorCode } from '../../core/errors.ts'
import { FileTail } from '../../core/file-tail.ts'
import { CommandLedger, type TrackedCommand } from '../../formats/command-record.ts'

/** The records of one night, read on as they grow; a file that was made anew is read anew. */
export class NightLog {
  readonly #path: string
  #tail: FileTail
  #ledger = new CommandLedger()
  #seen = { inode: 0, size: 0 }
  #reading: Promise<void> | undefined

  constructor(path: string) {
    this.#path = path
    this.#tail = new FileTail(path)
  }

  /** Reads what has come since the last call. Calls at the same time share one reading. */
  update(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  commands(): readonly TrackedCommand[] {
    return this.#ledger.commands()
  }

  /** Of the file as it was read. */
  get size(): number {
    return this.#seen.size
  }

  async #read(): Promise<void> {
    const now = await statOf(this.#path)
    if (now.inode === this.#seen.inode && now.size === this.#seen.size) return
    if (now.inode !== this.#seen.inode || now.size < this.#seen.size) {
      this.#tail = new FileTail(this.#path)
      this.#ledger = new CommandLedger()
    }
    for await (const line of this.#tail.lines()) this.#ledger.add(line)
    this.#seen = now
  }
}

async function statOf(path: string): Promise<{ inode: number; size: number }> {
  try {
    const { ino, size } = await stat(path)
    return { inode: ino, size }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { inode: 0, size: 0 }
    throw error
  }
}
