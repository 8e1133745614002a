import { isUtf8 } from 'node:buffer'
import { ENVIRONMENTS } from '../formats/event-row.ts'
import type { EventRows } from './event-rows.ts'
import { FieldTable, ParameterTable } from './field-table.ts'
import { COLLECTION_TEXTS, PAYLOAD_TEXTS } from './json-names.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const COLON = 0x3a
const COMMA = 0x2c
const ZERO = 0x30
const NINE = 0x39
const LETTER_N = 0x6e

/** What JSON allows between its signs. */
const isBlank = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** Above this a whole number of JSON may be inexact. */
const MAX_DIGITS = 15
/** Payloads of one body; their tables are kept for the next one. */
const MAX_PAYLOADS = 1_000

/** The number in the schema of a name, by the length of the name. */
type Names = readonly (readonly { readonly name: string; readonly field: number }[])[]

function namesOf(pairs: readonly (readonly [field: number, ...names: readonly string[]])[]): Names {
  const all = pairs.flatMap(([field, ...names]) => names.map(name => ({ name, field })))
  const longest = Math.max(...all.map(({ name }) => name.length))
  return Array.from({ length: longest + 1 }, (_, length) =>
    all.filter(({ name }) => name.length === length),
  )
}

const C = { env: 6, payloads: 15 } as const
const P = { at: 1, nr: 3, parameters: 9 } as const
const NAME = 1
const VALUE = 2

const COLLECTION_NAMES = namesOf([...COLLECTION_TEXTS, [C.env, 'env'], [C.payloads, 'payloads']])
const PAYLOAD_NAMES = namesOf([
  ...PAYLOAD_TEXTS,
  [P.at, 'at'],
  [P.nr, 'nr'],
  [P.parameters, 'parameters'],
])
const PARAMETER_NAMES = namesOf([
  [NAME, 'name'],
  [VALUE, 'value'],
])

/** The objects of a body. Numbers and switches: functions as arguments take twice the time. */
const COLLECTION = 0
const PAYLOAD = 1
const PARAMETER = 2
type Kind = typeof COLLECTION | typeof PAYLOAD | typeof PARAMETER
const NAMES = [COLLECTION_NAMES, PAYLOAD_NAMES, PARAMETER_NAMES] as const

interface Payload {
  readonly fields: FieldTable
  readonly parameters: ParameterTable
}

/**
 * Reads a Collection in JSON straight from its bytes, in the way nearly all clients write it: no
 * value is made of what is copied anyway, which takes a quarter of the time of JSON.parse. Whatever
 * is unusual (an escape, a name that comes twice, a wrong type, broken JSON) is left to `JsonDecoder`,
 * which knows what to say of it; where this one reads a body, both make the same rows of it.
 */
export class JsonFastPath {
  #source: Uint8Array = new Uint8Array(0)
  #at = 0
  /** Of the text that was read last, without its quotes. */
  #start = 0
  #end = 0
  readonly #collection = new FieldTable(14)
  readonly #payloads: Payload[] = []
  #count = 0
  /** The parameter being read: name, name's end, value, value's end. */
  readonly #parameter = new Int32Array(4)

  /** False, and no row was added, where the body is not plain. @throws Refusal */
  decode(source: Uint8Array, rows: EventRows): boolean {
    if (!isUtf8(source)) return false
    this.#source = source
    this.#at = 0
    this.#count = 0
    this.#collection.clear()
    if (!this.#readObject(COLLECTION) || !this.#isAtEnd()) return false
    rows.begin(source, this.#collection, this.#count)
    for (let i = 0; i < this.#count; i++) {
      const { fields, parameters } = this.#payloads[i] as Payload // read above
      if (rows.outcomes === undefined) rows.add(source, fields, parameters)
      else rows.attempt(() => rows.add(source, fields, parameters))
    }
    return true
  }

  #isAtEnd(): boolean {
    this.#peek()
    return this.#at === this.#source.length
  }

  #readObject(kind: Kind): boolean {
    if (!this.#take(OPEN_OBJECT)) return false
    if (this.#take(CLOSE_OBJECT)) return true
    let seen = 0
    do {
      if (!this.#readText()) return false
      const field = this.#fieldOf(NAMES[kind])
      if (!this.#take(COLON)) return false
      if (field === 0) {
        if (!this.#skipValue()) return false
        continue
      }
      if ((seen & (1 << field)) !== 0) return false
      seen |= 1 << field
      if (!this.#readField(kind, field)) return false
    } while (this.#take(COMMA))
    return this.#take(CLOSE_OBJECT)
  }

  #readField(kind: Kind, field: number): boolean {
    if (kind === PARAMETER) return this.#readParameterField(field)
    return kind === PAYLOAD ? this.#readPayloadField(field) : this.#readCollectionField(field)
  }

  #readList(kind: typeof PAYLOAD | typeof PARAMETER): boolean {
    if (!this.#take(OPEN_LIST)) return false
    if (this.#take(CLOSE_LIST)) return true
    do {
      if (!(kind === PAYLOAD ? this.#readPayload() : this.#readParameter())) return false
    } while (this.#take(COMMA))
    return this.#take(CLOSE_LIST)
  }

  #readCollectionField(field: number): boolean {
    if (field === C.payloads) return this.#readList(PAYLOAD)
    if (field === C.env) return this.#readEnvironment()
    return this.#readTextField(this.#collection, field)
  }

  #readPayload(): boolean {
    if (this.#count === MAX_PAYLOADS) return false
    const { fields, parameters } = (this.#payloads[this.#count] ??= {
      fields: new FieldTable(8),
      parameters: new ParameterTable(),
    })
    fields.clear()
    parameters.clear()
    if (!this.#readObject(PAYLOAD)) return false
    this.#count++
    return true
  }

  #readPayloadField(field: number): boolean {
    const { fields } = this.#payloads[this.#count] as Payload // made by #readPayload
    if (field === P.parameters) return this.#readParameters()
    if (field === P.at || field === P.nr) return this.#readNumber(fields, field)
    return this.#readTextField(fields, field)
  }

  #readParameters(): boolean {
    return this.#peek() === LETTER_N ? this.#takeNull() : this.#readList(PARAMETER)
  }

  #readParameter(): boolean {
    const places = this.#parameter.fill(-1)
    if (!this.#readObject(PARAMETER)) return false
    const [name = -1, nameEnd = -1, value = -1, valueEnd = -1] = places
    if (name < 0 || value < 0) return false
    const { parameters } = this.#payloads[this.#count] as Payload // made by #readPayload
    parameters.push(name, nameEnd, value, valueEnd)
    return true
  }

  #readParameterField(field: number): boolean {
    if (!this.#readText()) return false
    const at = field === NAME ? 0 : 2
    this.#parameter[at] = this.#start
    this.#parameter[at + 1] = this.#end
    return true
  }

  #readTextField(fields: FieldTable, field: number): boolean {
    if (this.#peek() === LETTER_N) return this.#takeNull()
    if (!this.#readText()) return false
    fields.set(field, this.#start, this.#end)
    return true
  }

  /** A number of digits alone, bare or as a text. */
  #readNumber(fields: FieldTable, field: number): boolean {
    const isText = this.#peek() === QUOTE
    if (isText) this.#at++
    const start = this.#at
    let value = 0
    let byte = this.#source[this.#at] ?? 0
    while (byte >= ZERO && byte <= NINE) {
      value = value * 10 + byte - ZERO
      byte = this.#source[++this.#at] ?? 0
    }
    const digits = this.#at - start
    if (digits === 0 || digits > MAX_DIGITS) return false
    if (isText) this.#at++
    if (isText ? byte !== QUOTE : digits > 1 && this.#source[start] === ZERO) return false
    fields.setNumber(field, value)
    return true
  }

  #readEnvironment(): boolean {
    if (this.#peek() !== QUOTE) return this.#readNumber(this.#collection, C.env)
    if (!this.#readText()) return false
    const env = ENVIRONMENTS.findIndex(name => this.#isText(name))
    if (env < 0) return false
    this.#collection.setNumber(C.env, env)
    return true
  }

  /** A text, a whole number, true, false or null that nobody asks for. */
  #skipValue(): boolean {
    const byte = this.#peek()
    if (byte === QUOTE) return this.#readText()
    if (byte >= ZERO && byte <= NINE) return this.#readNumber(SKIPPED, 0)
    return this.#takeWord('true') || this.#takeWord('false') || this.#takeNull()
  }

  /** Reads a text without escapes; `#start` and `#end` say where it lies. */
  #readText(): boolean {
    if (this.#peek() !== QUOTE) return false
    const source = this.#source
    let at = this.#at + 1
    this.#start = at
    let byte = source[at] ?? 0
    while (byte !== QUOTE) {
      if (byte < 0x20 || byte === BACKSLASH) return false // 0 behind the end of the body, too
      byte = source[++at] ?? 0
    }
    this.#end = at
    this.#at = at + 1
    return true
  }

  /** The number of the text that was read last, or 0. */
  #fieldOf(names: Names): number {
    for (const { name, field } of names[this.#end - this.#start] ?? []) {
      if (this.#isText(name)) return field
    }
    return 0
  }

  #isText(text: string): boolean {
    const start = this.#start
    if (this.#end - start !== text.length) return false
    let i = 0
    while (i < text.length && this.#source[start + i] === text.charCodeAt(i)) i++
    return i === text.length
  }

  #takeNull(): boolean {
    return this.#takeWord('null')
  }

  #takeWord(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#source[this.#at + i] !== word.charCodeAt(i)) return false
    }
    this.#at += word.length
    return true
  }

  /** The next byte that is not blank, or 0 at the end of the body. */
  #peek(): number {
    let byte = this.#source[this.#at] ?? 0
    while (isBlank(byte)) byte = this.#source[++this.#at] ?? 0
    return byte
  }

  #take(byte: number): boolean {
    if (this.#peek() !== byte) return false
    this.#at++
    return true
  }
}

/** Where numbers go that nobody asks for. */
const SKIPPED = new FieldTable(0)
