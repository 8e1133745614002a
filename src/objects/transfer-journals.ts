import { createHash } from 'node:crypto'
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { asLocalIoError, systemErrorCode } from '../core/errors.ts'
import { type FileLock, tryFileLock } from '../core/file-lock.ts'
import type { ObjectInfo, PartReceipt, UploadRef } from '../stores/store.ts'
import type { BegunTransfer, TransferJournal } from '../stores/transfer-object.ts'

const WEEK_MS = 7 * 86_400_000

const receipt = z.object({
  number: z.int(),
  size: z.int(),
  etag: z.string(),
  crc32c: z.int(),
})

/** First line of a journal. A part's receipt is a line each after it. */
const head = z.object({
  source: z.string(),
  etag: z.string(),
  size: z.int(),
  upload: z.object({ key: z.string(), id: z.string() }),
  partBytes: z.int(),
})

export interface JournaledTransfer {
  /** URLs, which name the transfer. */
  readonly source: string
  readonly target: string
  readonly object: ObjectInfo
}

/** A transfer's journal, held by this process alone. */
export interface OpenJournal extends Disposable {
  readonly journal: TransferJournal
  /** What an earlier try left of another state of the source: of no use, and to be given up. */
  readonly abandoned: UploadRef | undefined
}

/**
 * Where the progress of large transfers is kept: a file each, named after source and target, so that
 * the same command takes up what a cut-off one left. A file is only worth what the target confirms.
 */
export class TransferJournals {
  readonly #directory: string
  #isSwept = false

  constructor(directory: string) {
    this.#directory = directory
  }

  /**
   * Opens the journal of a transfer, with what is known of an earlier try at the same source; or
   * undefined while another process is at the same transfer, which then runs without.
   * @throws FerryError LOCAL_IO, DENIED
   */
  async open(transfer: JournaledTransfer): Promise<OpenJournal | undefined> {
    const name = createHash('sha256').update(`${transfer.source}\n${transfer.target}`).digest('hex')
    const path = join(this.#directory, `${name.slice(0, 32)}.journal`)
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 })
      await this.#sweep()
      await writeFile(`${path}.lock`, '', { flag: 'a', mode: 0o600 })
      const lock = tryFileLock(`${path}.lock`)
      if (lock === undefined) return undefined
      const now = new Date()
      await utimes(`${path}.lock`, now, now)
      return new FileJournal(path, transfer, { found: await readJournal(path, transfer), lock })
    } catch (error) {
      throw asLocalIoError(error, path)
    }
  }

  /**
   * Removes empty lock files of transfers that ended long ago. The end of a transfer leaves its own:
   * one that is removed while another process opens it would be the lock of a file without a name,
   * which keeps nobody out.
   */
  async #sweep(): Promise<void> {
    if (this.#isSwept) return
    this.#isSwept = true
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith('.journal.lock')) continue
      const path = join(this.#directory, name)
      const found = await stat(path).catch((error: unknown) => {
        if (systemErrorCode(error) === 'ENOENT') return undefined // removed by another process
        throw error
      })
      if (found !== undefined && Date.now() - found.mtimeMs > WEEK_MS)
        await rm(path, { force: true })
    }
  }
}

class FileJournal implements OpenJournal, TransferJournal {
  begun: BegunTransfer | undefined
  readonly abandoned: UploadRef | undefined
  readonly #path: string
  readonly #transfer: JournaledTransfer
  readonly #lock: FileLock
  /** Lines are appended one after the other, whichever part ends first. */
  #last: Promise<void> = Promise.resolve()

  constructor(
    path: string,
    transfer: JournaledTransfer,
    { found, lock }: { found: FoundJournal; lock: FileLock },
  ) {
    this.#path = path
    this.#transfer = transfer
    this.#lock = lock
    this.begun = found.begun
    this.abandoned = found.abandoned
  }

  get journal(): TransferJournal {
    return this
  }

  async started({ upload, partBytes }: BegunTransfer): Promise<void> {
    const { source, object } = this.#transfer
    const { etag, size } = object
    const line = `${JSON.stringify({ source, etag, size, upload, partBytes })}\n`
    await using file = await open(this.#path, 'w', 0o600).catch((error: unknown) => {
      throw asLocalIoError(error, this.#path)
    })
    await file.writeFile(line)
    await this.#settle(file)
  }

  async partDone(part: PartReceipt): Promise<void> {
    const line = `${JSON.stringify(part)}\n`
    this.#last = this.#last.then(() => this.#append(line))
    await this.#last.catch((error: unknown) => {
      throw asLocalIoError(error, this.#path)
    })
  }

  async #append(line: string): Promise<void> {
    await using file = await open(this.#path, 'a')
    await file.appendFile(line)
    await this.#settle(file)
  }

  /**
   * What a service has of an upload outlives a crash of this machine, so what is known of it must, too.
   * A download's parts are on the same disk as its journal, and are synced at their own pace.
   */
  async #settle(file: FileHandle): Promise<void> {
    if (this.#transfer.target.includes('://')) await file.sync()
  }

  async ended(): Promise<void> {
    this.begun = undefined
    await rm(this.#path, { force: true })
  }

  [Symbol.dispose](): void {
    this.#lock.release()
  }
}

interface FoundJournal {
  readonly begun?: BegunTransfer
  readonly abandoned?: UploadRef
}

/** What an earlier process noted of the same transfer, if of the same state of the source. */
async function readJournal(
  path: string,
  { source, object }: JournaledTransfer,
): Promise<FoundJournal> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return ''
    throw error
  })
  const [first, ...rest] = text.split('\n')
  const begun = head.safeParse(parseLine(first))
  if (!begun.success) return {}
  const { upload, partBytes, etag, size } = begun.data
  const isSame = begun.data.source === source && etag === object.etag && size === object.size
  if (!isSame) return { abandoned: upload }
  const parts: PartReceipt[] = []
  for (const line of rest) {
    const part = receipt.safeParse(parseLine(line))
    if (part.success) parts.push(part.data) // a line that a kill cut off is no receipt
  }
  return { begun: { upload, partBytes, parts } }
}

function parseLine(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    return undefined
  }
}
