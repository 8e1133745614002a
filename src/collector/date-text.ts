import type { RowWriter } from './row-writer.ts'

const DAY_S = 86_400

/** Writes seconds since 1970 as `2026-03-01 23:59:59`, which Redshift and Synapse both read. */
export class DateText {
  /** The day whose text is at hand: events of one moment come together. */
  #day = -1
  #text: Uint8Array = new Uint8Array(0)

  put(seconds: number, rows: RowWriter): void {
    const day = Math.floor(seconds / DAY_S)
    if (day !== this.#day) this.#look(day)
    rows.putRaw(this.#text, 0, this.#text.length)
    const rest = seconds - day * DAY_S
    const minutes = (rest / 60) | 0
    const hours = (minutes / 60) | 0
    rows.putPair(hours)
    rows.putByte(0x3a)
    rows.putPair(minutes - hours * 60)
    rows.putByte(0x3a)
    rows.putPair(rest - minutes * 60)
  }

  #look(day: number): void {
    this.#day = day
    const date = new Date(day * DAY_S * 1_000).toISOString().slice(0, 10)
    this.#text = Buffer.from(`${date} `, 'latin1')
  }
}
