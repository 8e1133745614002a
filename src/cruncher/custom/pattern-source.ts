/**
 * Brings a regular expression into the form that V8 can run in linear time: captures without names do not
 * capture, named ones are counted instead, large counts are written out, and letters stand for both
 * cases where case is to be ignored. What it means stays the same.
 */
export interface PreparedPattern {
  readonly source: string
  /** Names of its captures, in order; one may come twice, in alternatives. */
  readonly names: readonly string[]
}

/** V8 does not run more repetitions than this, of all counts within one another. */
const MAX_REPEATS = 16
/** Counts may be written out to this length. */
const MAX_LENGTH = 50_000

/** What has been read and may be repeated. */
interface Piece {
  text: string
  /** How often something in it is repeated by counts. */
  repeats: number
  captures: boolean
}

/** @throws SyntaxError with what is wrong and where, counted from 1 */
export function preparePattern(pattern: string, ignoreCase: boolean): PreparedPattern {
  const reader = new PatternReader(pattern, ignoreCase)
  const { text } = reader.readAlternatives()
  if (!reader.isAtEnd) throw new SyntaxError(`unmatched \`)\` at ${reader.at + 1}`)
  if (text.length > MAX_LENGTH) throw new SyntaxError('its counts make it too long')
  return { source: text, names: reader.names }
}

class PatternReader {
  readonly names: string[] = []
  at = 0
  readonly #pattern: string
  readonly #ignoreCase: boolean

  constructor(pattern: string, ignoreCase: boolean) {
    this.#pattern = pattern
    this.#ignoreCase = ignoreCase
  }

  get isAtEnd(): boolean {
    return this.at >= this.#pattern.length
  }

  /** Up to the end or the parenthesis that closes what is read. */
  readAlternatives(): Piece {
    const whole: Piece = { text: '', repeats: 1, captures: false }
    while (!this.isAtEnd && this.#pattern[this.at] !== ')') {
      const piece = this.#readCounted()
      whole.text += piece.text
      whole.repeats = Math.max(whole.repeats, piece.repeats)
      whole.captures ||= piece.captures
      if (whole.text.length > MAX_LENGTH) throw new SyntaxError('its counts make it too long')
    }
    return whole
  }

  #readCounted(): Piece {
    const start = this.at
    const piece = this.#readPiece()
    const count = /^\{(\d+)(,?)(\d*)\}/.exec(this.#pattern.slice(this.at, this.at + 20))
    if (count === null) return piece
    this.at += count[0].length
    let lazy = ''
    if (this.#pattern[this.at] === '?') {
      lazy = '?'
      this.at++
    }
    const least = Number(count[1])
    const isOpen = count[2] === ',' && count[3] === ''
    const most = isOpen ? least : Number(count[3] === '' ? count[1] : count[3])
    const repeats = Math.max(least, most, 1) * piece.repeats
    if (repeats <= MAX_REPEATS) {
      return { text: piece.text + count[0] + lazy, repeats, captures: piece.captures }
    }
    if (piece.captures) {
      throw new SyntaxError(`what has a name cannot be repeated ${most} times, at ${start + 1}`)
    }
    return {
      text: writeOut(piece, { least, most, isOpen, lazy }),
      repeats: MAX_REPEATS,
      captures: false,
    }
  }

  #readPiece(): Piece {
    const char = this.#pattern[this.at] ?? ''
    if (char === '(') return this.#readGroup()
    if (char === '[') return plain(this.#readClass())
    if (char === '\\') return plain(this.#readEscape())
    this.at++
    const isLetter = this.#ignoreCase && /[a-z]/i.test(char)
    return plain(isLetter ? `[${char.toLowerCase()}${char.toUpperCase()}]` : char)
  }

  #readGroup(): Piece {
    const start = this.at
    const rest = this.#pattern.slice(start)
    const [opening = '('] = /^\((?:\?(?:<[=!]|[:=!>]|P?<[^>]*>|[a-zA-Z-]*[:)]))?/.exec(rest) ?? []
    this.at += opening.length
    const name = /^\(\?P?<([^=!>][^>]*)>$/.exec(opening)?.[1]
    if (name !== undefined) this.names.push(name)
    if (/^\(\?[a-zA-Z-]+[:)]$/.test(opening)) {
      throw new SyntaxError(
        `flags such as \`${opening}\` are not known (write ignore_case), at ${start + 1}`,
      )
    }
    const inner = this.readAlternatives()
    if (this.#pattern[this.at] !== ')') throw new SyntaxError(`unmatched \`(\` at ${start + 1}`)
    this.at++
    if (name !== undefined) return { ...inner, text: `(${inner.text})`, captures: true }
    const isLook = /^\(\?(<[=!]|[=!])$/.test(opening)
    return { ...inner, text: `${isLook ? opening : '(?:'}${inner.text})` }
  }

  #readEscape(): string {
    const [escape = '\\'] = /^\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|c[a-zA-Z]|.)/s.exec(
      this.#pattern.slice(this.at, this.at + 6),
    ) ?? ['\\']
    if (/^\\[1-9k]/.test(escape)) {
      throw new SyntaxError(
        `back references such as \`${escape}\` cannot be run in linear time, at ${this.at + 1}`,
      )
    }
    this.at += escape.length
    return ESCAPES[escape] ?? escape
  }

  #readClass(): string {
    const start = this.at
    let text = '['
    this.at++
    if (this.#pattern[this.at] === '^') {
      text += '^'
      this.at++
    }
    for (;;) {
      if (this.isAtEnd) throw new SyntaxError(`unmatched \`[\` at ${start + 1}`)
      const rest = this.#pattern.slice(this.at, this.at + 12)
      const [posix, name = ''] = /^\[:([a-z]+):\]/.exec(rest) ?? []
      const range = /^([a-zA-Z])-([a-zA-Z])/.exec(rest)?.[0]
      if (rest.startsWith(']')) break
      if (posix !== undefined) {
        text += POSIX[name] ?? posix
        this.at += posix.length
      } else if (rest.startsWith('\\')) {
        const escape = this.#readEscape()
        text += escape === HEX_DIGIT ? 'a-fA-F\\d' : escape
      } else {
        const one = range ?? rest.charAt(0)
        text += this.#inBothCases(one)
        this.at += one.length
      }
    }
    this.at++
    return `${text}]`
  }

  #inBothCases(text: string): string {
    const isOfLetters = this.#ignoreCase && /^[a-z](-[a-z])?$|^[A-Z](-[A-Z])?$/.test(text)
    return isOfLetters ? text.toLowerCase() + text.toUpperCase() : text
  }
}

const HEX_DIGIT = '[a-fA-F\\d]'

/** Escapes of grok's own dialect that JavaScript reads in another way. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\A': '^',
  '\\z': '$',
  '\\Z': '$',
  '\\h': HEX_DIGIT,
}

const POSIX: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '\\d',
  alnum: 'a-zA-Z\\d',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: 'a-fA-F\\d',
  word: '\\w',
}

const plain = (text: string): Piece => ({ text, repeats: 1, captures: false })

interface Count {
  readonly least: number
  readonly most: number
  readonly isOpen: boolean
  readonly lazy: string
}

/** `a{20}` as `a{16}a{4}`, `a{0,20}` as `a{0,16}a{0,4}`, so that no count is too large. */
function writeOut({ text, repeats }: Piece, { least, most, isOpen, lazy }: Count): string {
  const chunk = Math.floor(MAX_REPEATS / repeats)
  if (((most || least) / chunk) * text.length > MAX_LENGTH) {
    throw new SyntaxError('its counts make it too long')
  }
  let whole = ''
  for (let left = least; left > 0; left -= chunk) whole += `${text}{${Math.min(left, chunk)}}`
  for (let left = most - least; left > 0; left -= chunk) {
    whole += `${text}{0,${Math.min(left, chunk)}}${lazy}`
  }
  return `(?:${whole}${isOpen ? `${text}*${lazy}` : ''})`
}
