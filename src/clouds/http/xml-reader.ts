import { XmlMold } from './xml-mold.ts'
import { endOfMarkup, localName, resolveEntities } from './xml-syntax.ts'

/**
 * Goes through a whole XML document tag by tag, as strictly as `parseXml`, and makes no tree of it:
 * a page of a listing has six elements for each of a thousand objects, which would all live until
 * the last one is read.
 */
export class XmlReader {
  readonly #document: string
  #at = 0
  /** The tags that were entered and not left, as they are written. */
  readonly #open: string[] = []
  /** Where each of them begins, and the element that was left last. */
  readonly #begins: number[] = []
  #left = 0
  /** The tag that was entered last ends in itself (`<a/>`). */
  #isEmpty = false
  #attributes = ''
  /** What most tags are called is asked thousands of times. */
  readonly #names = new Map<string, string>()

  constructor(document: string) {
    this.#document = document
  }

  /** Of the element that was entered last, as they stand after its name. */
  get attributes(): string {
    return this.#attributes
  }

  /** Enters the next element in the one that is open, or leaves that and returns undefined. */
  child(): string | undefined {
    for (;;) {
      const start = this.#nextMarkup()
      if (start === undefined) return undefined
      const text = this.#textUntil(start)
      if (this.#open.length === 0 && text.trim() !== '') throw notOne()
      if (this.#passes(start)) continue
      if (this.#document.charCodeAt(start + 1) !== SLASH) return this.#enter(start)
      this.#leave(start)
      return undefined
    }
  }

  /** What stands in the open element besides elements, entities resolved. Leaves it. */
  text(): string {
    let text = ''
    for (;;) {
      const start = this.#nextMarkup()
      if (start === undefined) return text
      const between = this.#textUntil(start)
      text = text === '' ? between : text + between
      if (this.#passes(start)) continue
      if (this.#document.charCodeAt(start + 1) === SLASH) {
        this.#leave(start)
        return text
      }
      this.#enter(start)
      this.text()
    }
  }

  /** How the element that was left last is written. */
  mold(): XmlMold | undefined {
    return XmlMold.of(this.#document, this.#left, this.#at)
  }

  /** Goes behind the next element in the one that is open, if it is written as the mold is. */
  passesAlike(mold: XmlMold): boolean {
    const start = this.#document.indexOf('<', this.#at)
    if (start > this.#at && this.#document.slice(this.#at, start).trim() !== '') return false
    const end = start === -1 || this.#isEmpty ? -1 : mold.fit(start)
    if (end === -1) return false
    this.#left = start
    this.#at = end
    return true
  }

  /** After the root was left: nothing more may come but comments. @throws SyntaxError */
  end(): void {
    for (;;) {
      const start = this.#document.indexOf('<', this.#at)
      const rest = this.#document.slice(this.#at, start === -1 ? undefined : start)
      if (this.#open.length > 0 || rest.trim() !== '') throw notOne()
      if (start === -1) return
      if (!this.#passes(start)) throw notOne()
    }
  }

  /** Where the next tag begins; undefined where the open element has ended, which is left. */
  #nextMarkup(): number | undefined {
    if (this.#isEmpty) {
      this.#isEmpty = false
      this.#open.pop()
      this.#left = this.#begins.pop() ?? 0
      return undefined
    }
    const start = this.#document.indexOf('<', this.#at)
    if (start !== -1) return start
    const tag = this.#open.at(-1)
    throw tag === undefined ? notOne() : new SyntaxError(`<${tag}> has no end`)
  }

  #textUntil(start: number): string {
    if (start === this.#at) return ''
    const text = this.#document.slice(this.#at, start)
    return text.includes('&') ? resolveEntities(text) : text
  }

  /** Goes behind a comment or a declaration. */
  #passes(start: number): boolean {
    const mark = this.#document.charCodeAt(start + 1)
    if (mark !== QUESTION && mark !== EXCLAMATION) return false
    this.#at = endOfMarkup(this.#document, start)
    return true
  }

  #enter(start: number): string {
    const end = endOfMarkup(this.#document, start)
    this.#at = end
    this.#isEmpty = this.#document.charCodeAt(end - 2) === SLASH
    const tag = this.#document.slice(start + 1, this.#isEmpty ? end - 2 : end - 1)
    this.#attributes = ''
    this.#begins.push(start)
    const known = this.#names.get(tag)
    if (known !== undefined) {
      this.#open.push(tag)
      return known
    }
    const space = tag.search(/\s/)
    const head = space === -1 ? tag : tag.slice(0, space)
    const name = localName(head)
    this.#open.push(head)
    if (space === -1) this.#names.set(tag, name)
    else this.#attributes = tag.slice(space).trim()
    return name
  }

  #leave(start: number): void {
    const tag = this.#open.pop()
    this.#left = this.#begins.pop() ?? 0
    const end = endOfMarkup(this.#document, start)
    this.#at = end
    const isSame =
      tag !== undefined &&
      end - start === tag.length + 3 &&
      this.#document.startsWith(tag, start + 2)
    if (isSame) return
    const name = localName(this.#document.slice(start + 2, end - 1))
    if (tag === undefined || localName(tag) !== name) throw new SyntaxError(`unexpected </${name}>`)
  }
}

const SLASH = 0x2f
const QUESTION = 0x3f
const EXCLAMATION = 0x21

function notOne(): SyntaxError {
  return new SyntaxError('not one XML document')
}
