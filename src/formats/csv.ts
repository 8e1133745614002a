/**
 * CSV and TSV as PostgreSQL's `COPY ... (FORMAT csv)` writes them: NULL is empty, the empty string
 * is `""`, quotes are doubled, lines end in `\n`. Both directions keep NULL and '' apart.
 */
export type Field = string | null
export type Delimiter = ',' | '\t'

/** What a field must hold to be quoted. */
const SPECIAL = { ',': /[",\n\r]/, '\t': /["\t\n\r]/ } as const

/** One line with its line end. */
export function csvLine(fields: readonly Field[], delimiter: Delimiter): string {
  const special = SPECIAL[delimiter]
  // A line that is `\.` alone ends the input for readers of PostgreSQL's COPY.
  if (fields.length === 1 && fields[0] === '\\.') return '"\\."\n'
  let line = ''
  for (let index = 0; index < fields.length; index += 1) {
    if (index > 0) line += delimiter
    const field = fields[index]
    if (field === null || field === undefined) continue
    line += field === '' || special.test(field) ? `"${field.replaceAll('"', '""')}"` : field
  }
  return `${line}\n`
}

/**
 * Cuts CSV without a header line into rows, batch by batch. Linear in the size of the input, also
 * when a value spans many chunks; holds no more than a row and a chunk or two.
 * @throws Error when the input ends inside a row, which our own engines never do
 */
export async function* parseCsv(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<readonly (readonly Field[])[], void> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let rest = ''
  let waiting: string[] = []
  let waitingLength = 0
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    waiting.push(text)
    waitingLength += text.length
    // A half row is looked at again only when there is as much news as there was before.
    if (waitingLength < rest.length) continue
    const cut = cutRows(rest + waiting.join(''))
    waiting = []
    waitingLength = 0
    rest = cut.rest
    if (cut.rows.length > 0) yield cut.rows
  }
  const last = cutRows(rest + waiting.join('') + decoder.decode())
  if (last.rows.length > 0) yield last.rows
  if (last.rest !== '') throw new Error('the CSV ends in the middle of a row')
}

const QUOTE = 34
const COMMA = 44
const NEWLINE = 10

function cutRows(text: string): { rows: Field[][]; rest: string } {
  const rows: Field[][] = []
  let row: Field[] = []
  let rowStart = 0
  let at = 0
  while (at < text.length) {
    let field: Field
    let end: number
    if (text.charCodeAt(at) === QUOTE) {
      const closing = closingQuote(text, at + 1)
      if (closing === undefined) break
      const inner = text.slice(at + 1, closing.at)
      field = closing.doubled ? inner.replaceAll('""', '"') : inner
      end = closing.at + 1
    } else {
      end = at
      for (;;) {
        const code = text.charCodeAt(end)
        if (code === COMMA || code === NEWLINE || end >= text.length) break
        end += 1
      }
      field = end === at ? null : text.slice(at, end)
    }
    if (end >= text.length) break
    row.push(field)
    at = end + 1
    if (text.charCodeAt(end) === NEWLINE) {
      rows.push(row)
      row = []
      rowStart = at
    } else if (at >= text.length) break
  }
  return { rows, rest: text.slice(rowStart) }
}

function closingQuote(text: string, from: number): { at: number; doubled: boolean } | undefined {
  let doubled = false
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (at + 1 >= text.length) return undefined // it may be the first of two
    if (text.charCodeAt(at + 1) !== QUOTE) return { at, doubled }
    doubled = true
  }
  return undefined
}
