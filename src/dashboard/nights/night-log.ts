import { statSync } from 'node:fs'
import { FileTail } from '../../core/file-tail.ts'
import { Turns } from '../../core/turns.ts'
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
    const now = statOf(this.#path)
    if (now.inode === this.#seen.inode && now.size === this.#seen.size) return
    if (now.inode !== this.#seen.inode || now.size < this.#seen.size) {
      this.#tail = new FileTail(this.#path)
      this.#ledger = new CommandLedger()
    }
    const turns = new Turns()
    for (const line of this.#tail.linesNow()) {
      this.#ledger.add(line)
      if (turns.isOver) await turns.next()
    }
    this.#seen = now
  }
}

function statOf(path: string): { inode: number; size: number } {
  const found = statSync(path, { throwIfNoEntry: false })
  return { inode: found?.ino ?? 0, size: found?.size ?? 0 }
}
