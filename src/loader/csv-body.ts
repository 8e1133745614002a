import { FerryError } from '../core/errors.ts'

const NEWLINE = 10
const QUOTE = 34

/**
 * CSV without its header line, which is handed to `onHeader`. A name may hold a line end, in quotes.
 * @throws FerryError DATA_INVALID when there is no header line
 */
export async function* withoutHeader(
  chunks: AsyncIterable<Uint8Array>,
  onHeader: (line: string) => void,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array()
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    const end = endOfLine(head)
    if (end === undefined) continue
    onHeader(Buffer.from(head.subarray(0, end)).toString('utf8'))
    const rest = head.subarray(end + 1)
    head = undefined
    if (rest.length > 0) yield rest
  }
  if (head !== undefined) throw new FerryError('DATA_INVALID', 'a part has no header line')
}

function endOfLine(bytes: Uint8Array): number | undefined {
  let isQuoted = false
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) isQuoted = !isQuoted
    else if (bytes[at] === NEWLINE && !isQuoted) return at
  }
  return undefined
}
