import type { RowWriter } from './row-writer.ts'

const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400
const DATE_CHARACTERS = '2026-03-01'.length
const HOURS_AT = DATE_CHARACTERS + 1
const MINUTES_AT = HOURS_AT + 3
const SECONDS_AT = MINUTES_AT + 3

/** Writes seconds since 1970 as `2026-03-01 23:59:59`, which Redshift and Synapse both read. */
export class DateText {
  /** The minute whose text is at hand: events of one moment come together. */
  #minute = -1
  #day = -1
  readonly #text = Buffer.from('0000-00-00 00:00:\0\0\0', 'latin1')
  readonly #words = new DataView(this.#text.buffer, this.#text.byteOffset, this.#text.length)

  put(seconds: number, rows: RowWriter): void {
    const minute = Math.floor(seconds / MINUTE_S)
    if (minute !== this.#minute) this.#look(minute)
    rows.putWords(this.#words, SECONDS_AT)
    rows.putPair(seconds - minute * MINUTE_S)
  }

  #look(minute: number): void {
    this.#minute = minute
    const day = Math.floor((minute * MINUTE_S) / DAY_S)
    if (day !== this.#day) {
      this.#day = day
      this.#text.write(new Date(day * DAY_S * 1_000).toISOString(), 0, DATE_CHARACTERS, 'latin1')
    }
    const ofDay = minute * MINUTE_S - day * DAY_S
    const hours = (ofDay / HOUR_S) | 0
    this.#putPair(hours, HOURS_AT)
    this.#putPair((ofDay - hours * HOUR_S) / MINUTE_S, MINUTES_AT)
  }

  #putPair(value: number, at: number): void {
    const tens = (value / 10) | 0
    this.#text[at] = 0x30 + tens
    this.#text[at + 1] = 0x30 + value - tens * 10
  }
}
