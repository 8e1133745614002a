import { isUtf8 } from 'node:buffer'
import { FerryError } from './errors.ts'

const NEWLINE = 10

/**
 * The text of a file that people write. Bytes of another encoding are an error: read as they come they
 * would be replaced, silently, and a literal in SQL would be another one.
 * @param file as shown in the error @throws FerryError DATA_INVALID with the file and the line
 */
export function utf8Text(bytes: Uint8Array, file: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isUtf8(buffer)) return buffer.toString()
  let line = 1
  for (let start = 0; start < buffer.length; line += 1) {
    const end = buffer.indexOf(NEWLINE, start)
    const next = end === -1 ? buffer.length : end + 1
    if (!isUtf8(buffer.subarray(start, next))) break
    start = next
  }
  throw new FerryError('DATA_INVALID', `${file}:${line}: not UTF-8`, {
    hint: `convert it, for example: iconv -f iso-8859-1 -t utf-8 ${file}`,
    details: { file, line },
  })
}
