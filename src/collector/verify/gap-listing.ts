import type { SessionReport } from './report.ts'

/** A session without its gaps, which passed before it ended. */
export type SessionFacts = Omit<SessionReport, 'gaps'>

/** Hears of the gaps of a day while its events pass. */
export interface GapListener {
  /** Numbers that are missing, both ends included; those of one session come one after the other. */
  gap(from: number, to: number): void
  /** Behind the last gap of a session that had some. */
  sessionEnded(facts: SessionFacts): void
  /** Awaited after some hundred events. */
  flush(): Promise<void>
}

/**
 * Writes every session with gaps, a line each, as the list `sessions_with_gaps` at the start of a JSON
 * object. A session's gaps come first, as they are found, its name and its counts behind them: no more
 * than some hundred gaps are in memory, however many a session has.
 */
export class GapListing implements GapListener {
  readonly #write: (text: string) => Promise<void>
  #text = '{\n  "sessions_with_gaps": ['
  #sessions = 0
  #gapsOfSession = 0

  constructor(write: (text: string) => Promise<void>) {
    this.#write = write
  }

  gap(from: number, to: number): void {
    if (this.#gapsOfSession === 0) {
      this.#text += `${this.#sessions === 0 ? '\n' : ',\n'}    {"gaps":[`
      this.#sessions++
    } else this.#text += ','
    this.#text += `[${from},${to}]`
    this.#gapsOfSession++
  }

  sessionEnded(facts: SessionFacts): void {
    this.#text += `],${JSON.stringify(facts).slice(1)}`
    this.#gapsOfSession = 0
  }

  async flush(): Promise<void> {
    if (this.#sessions === 0) return // nothing is written where the day cannot be read
    await this.#flush()
  }

  /** Writes what is left, and `report`, an object of JSON, behind it. */
  async end(report: string): Promise<void> {
    this.#text += `${this.#sessions === 0 ? '' : '\n  '}],${report.slice(1)}`
    await this.#flush()
  }

  async #flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text !== '') await this.#write(text)
  }
}
