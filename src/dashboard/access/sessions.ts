import { createHash, randomBytes } from 'node:crypto'
import type { Reader } from './reader.ts'

const MOST_SESSIONS = 10_000

interface Session {
  readonly reader: Reader
  readonly endsAt: number
}

/** Who is logged in. Kept in memory: a new start of `ferry web` asks everybody again. */
export class Sessions {
  /** By the hash of their secrets, so that no copy of the memory is a bunch of keys. */
  readonly #sessions = new Map<string, Session>()
  readonly #lastsMs: number
  readonly #now: () => number

  constructor(lastsMs: number, now: () => number) {
    this.#lastsMs = lastsMs
    this.#now = now
  }

  /** Returns the secret that the reader's cookie holds. */
  begin(name: string): string {
    const secret = randomBytes(32).toString('base64url')
    const reader = { name, csrfToken: randomBytes(24).toString('base64url') }
    this.#sessions.set(hash(secret), { reader, endsAt: this.#now() + this.#lastsMs })
    for (const first of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST_SESSIONS) break
      this.#sessions.delete(first)
    }
    return secret
  }

  find(secret: string): Reader | undefined {
    const key = hash(secret)
    const session = this.#sessions.get(key)
    if (session === undefined) return undefined
    if (session.endsAt > this.#now()) return session.reader
    this.#sessions.delete(key)
    return undefined
  }

  end(secret: string): void {
    this.#sessions.delete(hash(secret))
  }
}

const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
