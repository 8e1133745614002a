import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { FerryError } from '../core/errors.ts'
import { compareKeys } from '../formats/object-key.ts'

/** Rows that are written at once. */
const BATCH = 1_000
/** Rows that are read ahead: few, since what V8 still sees in use when it looks is copied. */
const AHEAD = 100

const SCHEMA = `
  create table if not exists pairs (
    direction text not null, name text not null, source text not null, target text not null,
    primary key (direction, name)
  ) strict, without rowid`

type Pair = readonly [name: string, source: string, target: string]

/** `other`: the two were the same once, and one of them has changed since. */
export type RecordedPair = 'same' | 'other' | 'unknown'

/**
 * What the last sync between two places left: for each name the ETags of both sides, of which it was
 * verified that they had the same content. While neither changes there is nothing to compare, and
 * nothing needs to be read. Asked in the order of names, so that it is a third sorted listing.
 */
export class SyncRecord implements Disposable {
  readonly #database: DatabaseSync
  readonly #direction: string
  readonly #path: string
  readonly #page: StatementSync
  readonly #put: StatementSync
  readonly #remove: StatementSync
  readonly #forgets: boolean
  #ahead: Pair[] = []
  #at = 0
  #after = ''
  #isOver = false
  #waiting: Pair[] = []
  #gone: string[] = []

  /**
   * `direction` names the two places. `forgets`: every name that either side has will be asked for
   * or passed, so those that are not are gone. @throws FerryError LOCAL_IO
   */
  constructor(path: string, direction: string, { forgets }: { readonly forgets: boolean }) {
    this.#direction = direction
    this.#forgets = forgets
    this.#path = path
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      this.#database = new DatabaseSync(path, { timeout: 10_000 })
      // A record that is lost costs a comparison: it need not be on disk before the next line.
      this.#database.exec(`pragma journal_mode = wal; pragma synchronous = off; ${SCHEMA}`)
      this.#page = this.#database.prepare(
        `select name, source, target from pairs where direction = ? and name > ?
         order by name limit ${AHEAD}`,
      )
      this.#page.setReturnArrays(true)
      this.#put = this.#database.prepare('insert or replace into pairs values (?, ?, ?, ?)')
      this.#remove = this.#database.prepare('delete from pairs where direction = ? and name = ?')
    } catch (error) {
      throw this.#failure('open', error)
    }
  }

  /** What was verified of two ETags. Names must be asked for, or passed, in order. */
  look(name: string, source: string, target: string): RecordedPair {
    const pair = this.#seek(name)
    if (pair === undefined) return 'unknown'
    return pair[1] === source && pair[2] === target ? 'same' : 'other'
  }

  /** A name that is there, of which nothing is asked. */
  pass(name: string): void {
    this.#seek(name)
  }

  /** Both sides were read to their ends: what is recorded after the last name is gone. */
  end(): void {
    if (!this.#forgets) return
    do {
      for (const [name] of this.#ahead.slice(this.#at)) this.#forget(name)
    } while (this.#read())
  }

  /** Notes that two objects were verified to be the same. */
  note(name: string, source: string, target: string): void {
    this.#waiting.push([name, source, target])
    if (this.#waiting.length >= BATCH) this.#flush()
  }

  /** @throws FerryError LOCAL_IO */
  [Symbol.dispose](): void {
    try {
      this.#flush()
    } finally {
      this.#database.close()
    }
  }

  /** The pair of a name. Those before it were not named by either side. */
  #seek(name: string): Pair | undefined {
    for (;;) {
      const pair = this.#ahead[this.#at]
      if (pair === undefined) {
        if (!this.#read()) return undefined
        continue
      }
      const order = compareKeys(pair[0], name)
      if (order > 0) return undefined
      this.#at++
      if (order === 0) return pair
      if (this.#forgets) this.#forget(pair[0])
    }
  }

  #forget(name: string): void {
    this.#gone.push(name)
    if (this.#gone.length >= BATCH) this.#flush()
  }

  #read(): boolean {
    if (this.#isOver) {
      this.#ahead = []
      this.#at = 0
      return false
    }
    const rows: readonly unknown[] = this.#attempt('read', () =>
      this.#page.all(this.#direction, this.#after),
    )
    this.#ahead = rows.filter(isPair)
    this.#at = 0
    this.#isOver = rows.length < AHEAD
    this.#after = this.#ahead.at(-1)?.[0] ?? this.#after
    return rows.length > 0
  }

  #flush(): void {
    if (this.#waiting.length + this.#gone.length === 0) return
    this.#attempt('write', () => {
      this.#database.exec('begin')
      for (const name of this.#gone) this.#remove.run(this.#direction, name)
      for (const pair of this.#waiting) this.#put.run(this.#direction, ...pair)
      this.#database.exec('commit')
    })
    this.#waiting = []
    this.#gone = []
  }

  #attempt<Result>(verb: string, work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw this.#failure(verb, error)
    }
  }

  #failure(verb: string, error: unknown): FerryError {
    const why = error instanceof Error ? error.message : String(error)
    const message = `cannot ${verb} the record of syncs \`${this.#path}\`: ${why}`
    return new FerryError('LOCAL_IO', message, {
      cause: error,
      hint: 'remove the file: it costs one comparison of all objects',
    })
  }
}

/** The table is strict, and no column of it can be null. */
function isPair(row: unknown): row is Pair {
  if (!Array.isArray(row)) return false
  const [name, source, target]: readonly unknown[] = row
  return typeof name === 'string' && typeof source === 'string' && typeof target === 'string'
}
