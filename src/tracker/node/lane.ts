import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { setNumber, type Stored } from '../queue.ts'
import { FREE, held, ownName } from './owner.ts'

const ENDING = '.ndjson'
/** A file is written anew when so much of it, and more than half, is of events that are gone. */
const MAX_GONE_BYTES = 65_536
const sync = promisify(fdatasync)

/** A line of the file. */
type Line =
  /** The first: how far each session came. */
  | { readonly numbers: Record<string, number> }
  /** The collection of the events that follow. */
  | { readonly c: Stored['c'] }
  | { readonly p: Stored['p'] }
  /** The events of a session up to this number are gone. */
  | { readonly gone: number; readonly session: string }

/**
 * A file of waiting events that one process has: `CLIENT.OWNER.ndjson`. Who renames it has it, and
 * of several who try one succeeds. Its client numbers its events, so that processes need not agree
 * on numbers.
 */
export class Lane {
  readonly clientId: string
  readonly numbers: Record<string, number> = {}
  readonly waiting: Stored[] = []
  /** Lines that could not be read. */
  damaged = 0
  #path: string
  #folder: string
  #file: number
  #bytes = 0
  #goneBytes = 0
  #hasHead = false
  #collection = ''
  #isClosed = false
  #hasUnsynced = true
  #syncing: Promise<void> | undefined
  #nextSync: Promise<void> | undefined

  private constructor(folder: string, path: string, clientId: string) {
    this.#folder = folder
    this.#path = path
    this.clientId = clientId
    this.#file = openSync(path, 'a+', 0o600)
    held.add(path)
  }

  static create(folder: string, clientId: string): Lane {
    const lane = new Lane(folder, join(folder, `${clientId}.${ownName()}${ENDING}`), clientId)
    lane.#append({ numbers: {} })
    lane.#hasHead = true
    return lane
  }

  /** Takes the file of an owner who is gone; undefined where another was faster. */
  static claim(folder: string, name: string): Lane | undefined {
    const clientId = name.slice(0, name.indexOf('.'))
    const path = join(folder, `${clientId}.${ownName()}${ENDING}`)
    try {
      renameSync(join(folder, name), path)
    } catch (error) {
      if (Object(error).code === 'ENOENT') return undefined
      throw error
    }
    const lane = new Lane(folder, path, clientId)
    lane.#read()
    return lane
  }

  /** Client and owner of a file's name, or undefined for a file of somebody else. */
  static parse(name: string): { readonly owner: string } | undefined {
    const owner = /^[0-9a-f]{32}\.(.+)\.ndjson$/.exec(name)?.[1]
    return owner === undefined ? undefined : { owner }
  }

  /** False when its numbers were lost: it can be emptied, but not go on counting. */
  get isSound(): boolean {
    return this.#hasHead
  }

  /** Whether the file is still ours: not removed, not taken by one who thought that we were gone. */
  get isOurs(): boolean {
    const found = statSync(this.#path, { throwIfNoEntry: false })
    return found !== undefined && found.ino === fstatSync(this.#file).ino
  }

  /** Writes an event; a kill of the process cannot take it back, once this returned. */
  add(stored: Stored): void {
    const collection = JSON.stringify(stored.c)
    if (collection !== this.#collection) this.#append({ c: stored.c }, { p: stored.p })
    else this.#append({ p: stored.p })
    this.#collection = collection
    this.waiting.push(stored)
  }

  /** Resolves when all that was written is on the disk; many share one call of the system. */
  async sync(): Promise<void> {
    if (this.#syncing === undefined) {
      if (!this.#hasUnsynced) return
      this.#hasUnsynced = false
      this.#syncing = sync(this.#file).finally(() => {
        this.#syncing = undefined
      })
      return this.#syncing
    }
    // One that runs may have begun before our line: the next one is for all who wait by then.
    this.#nextSync ??= this.#syncing
      .catch(() => {}) // told to those who asked for it
      .then(() => {
        this.#nextSync = undefined
        return this.sync()
      })
    return this.#nextSync
  }

  /** The first `count` events are gone. */
  remove(count: number): void {
    if (this.#isClosed) return // they are sent once more
    const gone = this.waiting.splice(0, count)
    const last = gone.at(-1)
    if (last === undefined) return
    this.#append({ gone: last.p.nr, session: last.c.session })
    for (const one of gone) this.#goneBytes += JSON.stringify(one.p).length
    if (this.#goneBytes < MAX_GONE_BYTES || this.#goneBytes * 2 < this.#bytes) return
    if (this.isOurs) this.#rewrite()
  }

  /** Tells those on other machines, who cannot know it, that we live. */
  touch(): void {
    const now = Date.now() / 1_000
    futimesSync(this.#file, now, now)
  }

  /** Lets go of the file; what waits is sent by the next who takes it. */
  release(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const { isOurs } = this
    if (isOurs && this.isSound && this.waiting.length === 0) this.#rewrite()
    closeSync(this.#file)
    held.delete(this.#path)
    if (!isOurs) return
    if (!this.isSound && this.waiting.length === 0) rmSync(this.#path)
    else renameSync(this.#path, join(this.#folder, `${this.clientId}.${FREE}${ENDING}`))
  }

  #append(...lines: readonly Line[]): void {
    const bytes = Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes) // a full disk: no half line stays
      throw error
    }
    this.#bytes += bytes.length
    this.#hasUnsynced = true
  }

  /** What is behind the last whole line was cut off by a crash: nobody was told that it is kept. */
  #read(): void {
    const bytes = readFileSync(this.#path)
    this.#bytes = bytes.lastIndexOf('\n') + 1
    ftruncateSync(this.#file, this.#bytes)
    let collection: Stored['c'] | undefined
    const lines = bytes.toString('utf8', 0, this.#bytes).split('\n').slice(0, -1)
    for (const text of lines) {
      const line = parseLine(text)
      if (line === undefined || ('p' in line && collection === undefined)) this.damaged++
      else if ('numbers' in line) {
        Object.assign(this.numbers, line.numbers)
        this.#hasHead = true
      } else if ('c' in line) collection = line.c
      else if ('gone' in line) this.#forget(line)
      else if (collection !== undefined) {
        this.waiting.push({ c: collection, p: line.p })
        setNumber(this.numbers, collection.session, line.p.nr)
      }
    }
  }

  #forget({ gone, session }: { readonly gone: number; readonly session: string }): void {
    const isGone = ({ c, p }: Stored): boolean => c.session === session && p.nr <= gone
    const left = this.waiting.filter(one => !isGone(one))
    this.waiting.splice(0, this.waiting.length, ...left)
    if ((this.numbers[session] ?? 0) < gone) setNumber(this.numbers, session, gone)
  }

  /**
   * Replaces the file by one that holds what waits, at once or not at all: on a full disk the old one
   * stays, which says the same.
   */
  #rewrite(): void {
    const lines: Line[] = [{ numbers: this.numbers }]
    let collection: Stored['c'] | undefined
    for (const { c, p } of this.waiting) {
      if (c !== collection) lines.push({ c })
      collection = c
      lines.push({ p })
    }
    const text = lines.map(line => `${JSON.stringify(line)}\n`).join('')
    const next = `${this.#path}.new`
    try {
      writeFileSync(next, text, { flush: true, mode: 0o600 })
    } catch {
      rmSync(next, { force: true })
      return
    }
    renameSync(next, this.#path)
    const folder = openSync(this.#folder, 'r')
    fsyncSync(folder)
    closeSync(folder)
    const old = this.#file
    this.#file = openSync(this.#path, 'a+')
    closeSync(old)
    this.#bytes = Buffer.byteLength(text)
    this.#goneBytes = 0
    this.#collection = ''
  }
}

function parseLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text)
    // Written by us: a line that is whole has its shape.
    return typeof line === 'object' && line !== null ? (line as Line) : undefined
  } catch {
    return undefined
  }
}
