import { isUtf8 } from 'node:buffer'
import { FerryError } from '../../core/errors.ts'
import { isRecord, type JsonRecord, type JsonValue, parseJson } from '../json/parse-json.ts'

/** The messages of the Singer specification that are understood. */
export type SingerMessage =
  | {
      readonly type: 'SCHEMA'
      readonly stream: string
      readonly schema: JsonRecord
      readonly key: readonly string[]
    }
  | { readonly type: 'RECORD'; readonly stream: string; readonly record: JsonRecord }
  | { readonly type: 'STATE'; readonly value: JsonValue }

/** Messages that some taps send and that would have to be acted upon: rows removed, rows elsewhere. */
const REFUSED: Readonly<Record<string, string>> = {
  ACTIVATE_VERSION: 'it asks to remove the rows of earlier versions: use mode: full for such a tap',
  BATCH: 'it names files in place of records: switch batches off in the tap’s configuration',
}

/**
 * One line of a tap. @throws FerryError DATA_INVALID (no message), UNSUPPORTED (one that nobody here
 * understands)
 */
export function parseMessage(line: Uint8Array, number: number): SingerMessage {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8')
  let message: JsonValue
  try {
    message = isUtf8(line) ? parseJson(text) : undefined
  } catch {
    message = undefined // said below
  }
  if (!isRecord(message)) {
    const shown = text.slice(0, 80)
    throw new FerryError('DATA_INVALID', `line ${number} of the tap is no message: \`${shown}\``, {
      hint: 'a tap prints messages to stdout, and everything else to stderr',
    })
  }
  const { type, stream } = message
  if (type === 'STATE') return { type, value: message['value'] }
  if (type === 'SCHEMA' || type === 'RECORD') {
    if (typeof stream !== 'string') throw incomplete(type, 'stream', number)
    if (type === 'RECORD') {
      const { record } = message
      if (!isRecord(record)) throw incomplete(type, 'record', number)
      return { type, stream, record }
    }
    const { schema, key_properties: key = [] } = message
    if (!isRecord(schema)) throw incomplete(type, 'schema', number)
    return { type, stream, schema, key: namesIn(key) }
  }
  const why = REFUSED[String(type)]
  throw new FerryError('UNSUPPORTED', `the tap sent a message of the type \`${String(type)}\``, {
    hint: why ?? 'SCHEMA, RECORD and STATE are understood',
  })
}

function namesIn(value: JsonValue): readonly string[] {
  return Array.isArray(value) ? value.filter(name => typeof name === 'string') : []
}

function incomplete(type: string, member: string, number: number): FerryError {
  return new FerryError(
    'DATA_INVALID',
    `line ${number} of the tap: a ${type} without \`${member}\``,
  )
}
