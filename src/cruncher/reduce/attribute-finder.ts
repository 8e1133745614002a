import { ESCAPED, type LogRecord } from '../record.ts'
import { unescapeJson } from './unescape-json.ts'

const BACKSLASH = 0x5c
const NOTHING = new Uint8Array(0)

/** Finds attributes of a record by their names, without making strings. */
export class AttributeFinder {
  #unescaped = new Uint8Array(64)

  /** The place of the first attribute of that name (in UTF-8); -1: there is none. */
  find(record: LogRecord, name: Uint8Array): number {
    const { attributes, nameFrom, nameTo, nameKind } = record
    for (let i = 0; i < attributes; i++) {
      const from = nameFrom[i] ?? 0
      const length = (nameTo[i] ?? 0) - from
      if (length < name.length) continue // an escaped name is longer than what it means, never shorter
      const bytes = record.buffers[record.nameSource[i] ?? 0] ?? NOTHING
      if (length === name.length && startsWith(bytes, from, name)) return i
      if (nameKind[i] === ESCAPED && this.#means(bytes, from, from + length, name)) return i
    }
    return -1
  }

  /** Whether an escaped name is that name. */
  #means(bytes: Uint8Array, from: number, to: number, name: Uint8Array): boolean {
    let hasEscape = false
    for (let at = from; at < to && !hasEscape; at++) hasEscape = bytes[at] === BACKSLASH
    if (!hasEscape) return false
    if (this.#unescaped.length < name.length + 8) this.#unescaped = new Uint8Array(name.length + 8)
    const length = unescapeJson(bytes, from, to, this.#unescaped)
    return length === name.length && startsWith(this.#unescaped, 0, name)
  }
}

function startsWith(bytes: Uint8Array, from: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false
  return true
}
