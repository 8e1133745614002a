import { isUtf8 } from 'node:buffer'
import { FerryError } from '../../core/errors.ts'
import { type ReadRow, rowOf } from '../rows/row.ts'
import type { JsonQuery } from './json-query.ts'
import { PageSplitter } from './page-splitter.ts'
import { isRecord, type JsonValue, parseJson } from './parse-json.ts'

/** Of a document whose rows cannot be streamed. */
const MOST_WHOLE_BYTES = 67_108_864

/**
 * The rows of a JSON document, as they arrive, and at the end the document without them (but for the
 * last). A path of names is streamed; any other needs the whole document.
 * @throws FerryError TRANSIENT (torn, or no JSON), DATA_INVALID (no rows where they should be)
 */
export async function* readPage(
  bytes: AsyncIterable<Uint8Array>,
  rows: JsonQuery,
): AsyncGenerator<readonly ReadRow[], JsonValue> {
  if (rows.names === undefined) return yield* readWhole(bytes, rows)
  const splitter = new PageSplitter(rows.names)
  for await (const chunk of bytes) {
    const found = splitter.push(chunk)
    if (found.length > 0) yield found.map(readRow)
  }
  const frame = parseDocument(splitter.finish())
  if (!splitter.hasRows) yield rowsAt(frame, rows)
  return frame
}

async function* readWhole(
  bytes: AsyncIterable<Uint8Array>,
  rows: JsonQuery,
): AsyncGenerator<readonly ReadRow[], JsonValue> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MOST_WHOLE_BYTES) {
      throw new FerryError(
        'DATA_INVALID',
        `the answer is larger than 64 MB, and \`${rows.text}\` needs all of it at once`,
        { hint: 'name the rows by a path of names, such as rows: $.data.items' },
      )
    }
  }
  const document = parseDocument(Buffer.concat(chunks, size))
  // A path may lead to an array of rows, or to the rows.
  yield rows
    .all(document)
    .flatMap(found => (Array.isArray(found) ? found : [found]))
    .map(rowOf)
  return document
}

/** A document with one object in the place of its rows, or null for none. */
function rowsAt(frame: JsonValue, rows: JsonQuery): readonly ReadRow[] {
  let place: JsonValue = frame
  for (const name of rows.names ?? []) place = isRecord(place) ? place[name] : undefined
  if (place === null) return []
  if (isRecord(place)) return [rowOf(place)]
  throw new FerryError('DATA_INVALID', `the answer has no rows at \`${rows.text}\``, {
    hint: 'ferry pull init URL shows where rows may be',
  })
}

function readRow(bytes: Uint8Array): ReadRow {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  if (!isUtf8(bytes)) return { text: JSON.stringify(text), reason: 'it is not UTF-8' }
  const value = parse(text)
  if (!isRecord(value)) return rowOf(value)
  // Line ends of a sound row are between its tokens: in strings they are escaped.
  return { text: text.replaceAll(/[\r\n]/g, ' '), members: value }
}

function parseDocument(bytes: Uint8Array): JsonValue {
  return parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
}

function parse(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    // Where a proxy or a server breaks down, it says so in HTML, or in half a document.
    throw new FerryError('TRANSIENT', 'the answer is no JSON, or a damaged one', { cause: error })
  }
}
