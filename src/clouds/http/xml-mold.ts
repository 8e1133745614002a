import { readDigits, readTime } from './plain-values.ts'
import { localName, resolveEntities } from './xml-syntax.ts'

/**
 * How an element is written, apart from its texts. A page of a listing has a thousand elements that
 * are written alike: the first is read strictly, and what is written as it is is as well-formed. So
 * the others cost a comparison of the markup between their texts, and nothing is made of them but
 * the texts that are asked for.
 */
export class XmlMold {
  /** Of the elements in it that hold nothing but text, in the order in which they stand. */
  readonly names: readonly string[]
  readonly #document: string
  /** What stands before, between and behind their texts. */
  readonly #markup: readonly string[]
  /** Where the texts begin and end in the element that fit last. */
  readonly #begins: Int32Array
  readonly #ends: Int32Array

  private constructor(document: string, names: readonly string[], markup: readonly string[]) {
    this.#document = document
    this.names = names
    this.#markup = markup
    this.#begins = new Int32Array(names.length)
    this.#ends = new Int32Array(names.length)
  }

  /** Of an element that was read, and fit on it. Undefined where it has comments, which are no markup. */
  static of(document: string, start: number, end: number): XmlMold | undefined {
    const element = document.slice(start, end)
    if (element.includes('<!') || element.includes('<?')) return undefined
    const names: string[] = []
    const markup: string[] = []
    let from = 0
    for (const { 0: leaf, 1: tag = '', 2: text = '', index } of element.matchAll(LEAF)) {
      const begin = index + leaf.length - '</'.length - text.length
      names.push(localName(tag))
      markup.push(element.slice(from, begin))
      from = begin + text.length
    }
    const mold = new XmlMold(document, names, [...markup, element.slice(from)])
    return mold.fit(start) === end ? mold : undefined
  }

  /** Where the element that begins at a place ends, or -1 where it is written otherwise. */
  fit(start: number): number {
    const document = this.#document
    let at = start
    for (let nr = 0; nr < this.names.length; nr++) {
      const before = this.#markup[nr] ?? ''
      if (!document.startsWith(before, at)) return -1
      const begin = at + before.length
      at = document.indexOf('<', begin)
      if (at === -1) return -1
      this.#begins[nr] = begin
      this.#ends[nr] = at
    }
    const behind = this.#markup[this.names.length] ?? ''
    return document.startsWith(behind, at) ? at + behind.length : -1
  }

  /** The text of a name, by its number, in the element that fit last; entities resolved. */
  text(nr: number): string {
    const text = this.raw(nr)
    return text.includes('&') ? resolveEntities(text) : text
  }

  /** The same as it is written. */
  raw(nr: number): string {
    return this.#document.slice(this.#begins[nr], this.#ends[nr])
  }

  /** Whether a text is this one; false where it may be, if entities could be in it. */
  is(nr: number, text: string): boolean {
    const begin = this.#begins[nr] ?? 0
    const length = (this.#ends[nr] ?? 0) - begin
    return length === text.length && this.#document.startsWith(text, begin) && !text.includes('&')
  }

  /** A text of up to fifteen digits and nothing else, as a number; -1 for any other. */
  digits(nr: number): number {
    const begin = this.#begins[nr] ?? 0
    const end = this.#ends[nr] ?? 0
    return end - begin > MOST_DIGITS ? -1 : readDigits(this.#document, begin, end)
  }

  /** A text such as `2026-03-01T12:30:59.250Z`, in milliseconds since 1970; NaN where it is none. */
  time(nr: number): number {
    const begin = this.#begins[nr] ?? 0
    const end = this.#ends[nr] ?? 0
    return readTime(this.#document, begin, end)
  }
}

/** Every such number is exact. */
const MOST_DIGITS = 15

/** `<Key>a.csv</`, where the same name follows. */
const LEAF = /<([^\s<>/]+)(?:\s[^<>]*)?>([^<]*)<\/(?=\1\s*>)/g
