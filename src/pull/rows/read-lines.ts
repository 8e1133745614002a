import { isUtf8 } from 'node:buffer'
import { FerryError } from '../../core/errors.ts'
import { type JsonValue, isRecord, parseJson } from '../json/parse-json.ts'
import { type ReadRow, rowOf } from './row.ts'

const NEWLINE = 10
/** Larger lines are refused. */
const MOST_LINE_BYTES = 268_435_456

/** The lines of a text without their ends, some at a time; blank ones are left out. */
export async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Buffer[]> {
  let rest: Uint8Array[] = []
  let restBytes = 0
  for await (const chunk of bytes) {
    const lines: Buffer[] = []
    let start = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...rest, chunk.subarray(start, at)])
      rest = []
      restBytes = 0
      start = at + 1
      if (!isBlank(line)) lines.push(line)
    }
    rest.push(chunk.subarray(start))
    restBytes += chunk.length - start
    if (restBytes > MOST_LINE_BYTES) {
      throw new FerryError('DATA_INVALID', 'a line is larger than 256 MB')
    }
    if (lines.length > 0) yield lines
  }
  const last = Buffer.concat(rest)
  if (!isBlank(last)) yield [last]
}

function isBlank(line: Buffer): boolean {
  return line.length < 256 && line.toString('latin1').trim() === ''
}

/** Rows of a file with a JSON value a line. A line that is none is a broken row. */
export async function* readJsonLines(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly ReadRow[], undefined> {
  for await (const lines of readLines(bytes)) yield lines.map(readJsonLine)
  return undefined
}

function readJsonLine(line: Buffer): ReadRow {
  const text = line.toString('utf8').replace(/\r$/, '')
  if (!isUtf8(line)) return { text, reason: 'it is not UTF-8' }
  let value: JsonValue
  try {
    value = parseJson(text)
  } catch {
    return { text, reason: 'it is no JSON' }
  }
  return isRecord(value) ? { text: text.replaceAll('\r', ' '), members: value } : rowOf(value)
}
