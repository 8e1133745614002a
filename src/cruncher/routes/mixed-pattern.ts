/** A segment pattern of texts with parameters between them: `v{version}`, `{id}.json`, `{from}-{to}`. */
export class MixedPattern {
  /** The node that it leads to. */
  readonly node: number
  readonly #first: Uint8Array
  readonly #between: readonly Uint8Array[]
  readonly #last: Uint8Array
  readonly #least: number

  constructor(texts: readonly string[], node: number) {
    const bytes = texts.map(text => new Uint8Array(Buffer.from(text, 'latin1')))
    this.node = node
    this.#first = bytes[0] ?? new Uint8Array(0)
    this.#between = bytes.slice(1, -1)
    this.#last = bytes.at(-1) ?? new Uint8Array(0)
    this.#least = bytes.reduce((sum, text) => sum + text.length, bytes.length - 1)
  }

  /** Whether a segment is so; a parameter takes one byte or more, and each text is looked for from the left. */
  matches(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from < this.#least) return false
    if (!isAt(this.#first, bytes, from) || !isAt(this.#last, bytes, to - this.#last.length))
      return false
    let at = from + this.#first.length
    const end = to - this.#last.length
    for (const text of this.#between) {
      at++
      while (at + text.length < end && !isAt(text, bytes, at)) at++
      if (at + text.length >= end) return false
      at += text.length
    }
    return at < end
  }
}

/**
 * The order in which patterns of one node are tried: those with more bytes of text first, then those
 * with fewer parameters, then by their texts. It does not depend on the order of the rules.
 */
export function compareTexts(a: readonly string[], b: readonly string[]): number {
  const textBytes = (texts: readonly string[]): number => texts.join('').length
  return (
    textBytes(b) - textBytes(a) || a.length - b.length || (a.join('\0') < b.join('\0') ? -1 : 1)
  )
}

function isAt(text: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}
