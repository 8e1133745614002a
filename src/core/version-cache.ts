interface Entry<Value> {
  readonly version: string
  readonly value: Promise<Value>
}

/**
 * The newest value of each key, as long as its version holds, of the keys that were asked for last. Those who ask
 * at the same time share one making. What fails, and what `make` calls passing, is made again for who comes next.
 */
export class VersionCache<Value> {
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #most: number

  /** `most`: how many are kept. */
  constructor(most: number) {
    this.#most = most
  }

  get(
    key: string,
    version: string,
    make: () => Promise<{ readonly value: Value; readonly isPassing?: boolean }>,
  ): Promise<Value> {
    const known = this.#entries.get(key)
    if (known?.version === version) {
      this.#entries.delete(key)
      this.#entries.set(key, known)
      return known.value
    }
    const forget = (): void => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    }
    const value = make().then(
      made => {
        if (made.isPassing === true) forget()
        return made.value
      },
      (error: unknown) => {
        forget()
        throw error
      },
    )
    const entry: Entry<Value> = { version, value }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    for (const first of this.#entries.keys()) {
      if (this.#entries.size <= this.#most) break
      this.#entries.delete(first)
    }
    return value
  }

  /** What is there already, or is being made. */
  known(key: string, version: string): Promise<Value> | undefined {
    const known = this.#entries.get(key)
    return known?.version === version ? known.value : undefined
  }
}
