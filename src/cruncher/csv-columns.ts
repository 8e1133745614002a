/** A column of a line of separated values. */
export interface Column {
  /** Without the quotes around it. */
  readonly from: number
  readonly to: number
  readonly isQuoted: boolean
  /** Of a quoted one: a quote stands in it, written twice. */
  readonly hasQuotes: boolean
}

const QUOTE = 0x22

/**
 * The columns of a line (RFC 4180), with any byte as the separator. A quote that is not closed takes the
 * rest of the line.
 */
export function columnsOf(bytes: Buffer, from: number, to: number, separator: number): Column[] {
  const columns: Column[] = []
  let at = from
  for (;;) {
    if (bytes[at] === QUOTE && at < to) {
      const start = at + 1
      let hasQuotes = false
      at = start
      while (at < to && (bytes[at] !== QUOTE || bytes[at + 1] === QUOTE)) {
        if (bytes[at] === QUOTE) {
          hasQuotes = true
          at++
        }
        at++
      }
      columns.push({ from: start, to: Math.min(at, to), isQuoted: true, hasQuotes })
      while (at < to && bytes[at] !== separator) at++
    } else {
      const start = at
      while (at < to && bytes[at] !== separator) at++
      columns.push({ from: start, to: at, isQuoted: false, hasQuotes: false })
    }
    if (at >= to) return columns
    at++
  }
}

/** A column's text. */
export function columnText(bytes: Buffer, { from, to, hasQuotes }: Column): string {
  const text = bytes.toString('utf8', from, to)
  return hasQuotes ? text.replaceAll('""', '"') : text
}
