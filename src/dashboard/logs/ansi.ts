/** A piece of a line, and how it is to look. */
export interface StyledText {
  readonly text: string
  /** Class names of `style/log.css`: `red bold`; empty for plain text. */
  readonly look: string
}

const ESC = '\u001B'
// CSI ... final, OSC ... BEL or ST, other two-character escapes.
const SEQUENCE = new RegExp(
  `${ESC}(?:\\[([0-9;:?<=>!]{0,64})[ -/]{0,4}([@-~])|\\][^\\u0007${ESC}]{0,4096}(?:\\u0007|${ESC}\\\\)?|[ -/]{0,4}[0-Z\\\\^-~])`,
  'g',
)
// Everything else that would not show as itself; a tab does.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g
const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const
/** A line of nothing but escapes would be a page of nothing but elements. */
const MOST_PIECES = 400

/** The text without escape sequences and characters that show as nothing. */
export const withoutAnsi = (line: string): string =>
  line.replace(SEQUENCE, '').replace(CONTROLS, '')

/**
 * A line of a terminal as text with looks. Colours, bold, dim, italic and underline are known; what
 * moves the cursor, clears, or names a window does nothing. A carriage return begins the line again,
 * as progress bars do it. Colours end with the line.
 */
export function parseAnsi(line: string): StyledText[] {
  const shown = line.includes('\r') ? afterReturn(line) : line
  if (!shown.includes(ESC)) return [{ text: shown.replace(CONTROLS, ''), look: '' }]
  const pieces: StyledText[] = []
  const look = new Look()
  let from = 0
  const take = (to: number): void => {
    const text = shown.slice(from, to).replace(CONTROLS, '')
    if (text === '') return
    const classes = look.classes()
    const last = pieces.at(-1)
    if (last?.look === classes) pieces[pieces.length - 1] = { ...last, text: last.text + text }
    else pieces.push({ text, look: classes })
  }
  for (const match of shown.matchAll(SEQUENCE)) {
    take(match.index)
    from = match.index + match[0].length
    if (match[2] === 'm') look.apply(match[1] ?? '')
    if (pieces.length < MOST_PIECES) continue
    pieces.push({ text: withoutAnsi(shown.slice(from)), look: '' })
    return pieces
  }
  take(shown.length)
  return pieces.length === 0 ? [{ text: '', look: '' }] : pieces
}

function afterReturn(line: string): string {
  const parts = line.replace(/\r+$/, '').split('\r')
  return parts.findLast(part => part !== '') ?? ''
}

class Look {
  #colour: string | undefined
  #background: string | undefined
  readonly #styles = new Set<string>()

  /** Parameters of `ESC [ ... m`. */
  apply(parameters: string): void {
    const codes = parameters.split(/[;:]/).map(Number)
    for (let at = 0; at < codes.length; at += 1) {
      const code = codes[at] ?? 0
      if (code === 38 || code === 48) {
        // 5;N is one of 256 colours, 2;R;G;B any: the nearest of eight is enough for a log.
        const isIndexed = codes[at + 1] === 5
        const name = isIndexed
          ? indexedColour(codes[at + 2] ?? 0)
          : nearestColour(codes.slice(at + 2, at + 5))
        if (code === 38) this.#colour = name
        else this.#background = name
        at += isIndexed ? 2 : 4
      } else this.#one(code)
    }
  }

  #one(code: number): void {
    if (code === 0) {
      this.#colour = undefined
      this.#background = undefined
      this.#styles.clear()
    } else if (code === 1) this.#styles.add('bold')
    else if (code === 2) this.#styles.add('dim')
    else if (code === 3) this.#styles.add('italic')
    else if (code === 4) this.#styles.add('underline')
    else if (code === 22) {
      this.#styles.delete('bold')
      this.#styles.delete('dim')
    } else if (code === 23) this.#styles.delete('italic')
    else if (code === 24) this.#styles.delete('underline')
    else if (code === 39) this.#colour = undefined
    else if (code === 49) this.#background = undefined
    else if (code >= 30 && code <= 37) this.#colour = COLOURS[code - 30]
    else if (code >= 90 && code <= 97) this.#colour = COLOURS[code - 90]
    else if (code >= 40 && code <= 47) this.#background = COLOURS[code - 40]
    else if (code >= 100 && code <= 107) this.#background = COLOURS[code - 100]
  }

  classes(): string {
    const names = [...this.#styles]
    if (this.#colour !== undefined) names.push(`c-${this.#colour}`)
    if (this.#background !== undefined) names.push(`on-${this.#background}`)
    return names.join(' ')
  }
}

function indexedColour(index: number): string | undefined {
  if (index < 16) return COLOURS[index % 8]
  if (index >= 232) return index >= 244 ? 'white' : 'black'
  const cube = index - 16
  return nearestColour([
    Math.floor(cube / 36) * 51,
    (Math.floor(cube / 6) % 6) * 51,
    (cube % 6) * 51,
  ])
}

/** Which of red, green and blue are at least half of the strongest. */
function nearestColour(parts: readonly number[]): string | undefined {
  const strongest = Math.max(...parts, 1)
  const bits = parts.reduce((sum, part, at) => sum + (part * 2 >= strongest ? 1 << at : 0), 0)
  return COLOURS[strongest < 40 ? 0 : bits]
}
