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
  | {
      readonly type: 'RECORD'
      readonly stream: string
      readonly record: JsonRecord
      /** Of the rows of a stream that are read anew as a whole; most records have none. */
      readonly version: number | undefined
    }
  /** Rows of the stream that have another version are not there any more. */
  | { readonly type: 'ACTIVATE_VERSION'; readonly stream: string; readonly version: number }
  | { readonly type: 'STATE'; readonly value: JsonValue }

/** Messages that some taps send and that would have to be acted upon: rows that are elsewhere. */
const REFUSED: Readonly<Record<string, string>> = {
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
  if (type === 'SCHEMA' || type === 'RECORD' || type === 'ACTIVATE_VERSION') {
    if (typeof stream !== 'string') throw incomplete(type, 'stream', number)
    return messageOf(type, stream, { message, number })
  }
  const why = REFUSED[String(type)]
  throw new FerryError('UNSUPPORTED', `the tap sent a message of the type \`${String(type)}\``, {
    hint: why ?? 'SCHEMA, RECORD, STATE and ACTIVATE_VERSION are understood',
  })
}

function messageOf(
  type: 'SCHEMA' | 'RECORD' | 'ACTIVATE_VERSION',
  stream: string,
  { message, number }: { readonly message: JsonRecord; readonly number: number },
): SingerMessage {
  const version = Number.isSafeInteger(message['version']) ? Number(message['version']) : undefined
  if (type === 'ACTIVATE_VERSION') {
    if (version === undefined) throw incomplete(type, 'version', number)
    return { type, stream, version }
  }
  if (type === 'RECORD') {
    const { record } = message
    if (!isRecord(record)) throw incomplete(type, 'record', number)
    return { type, stream, record, version }
  }
  const { schema, key_properties: key = [] } = message
  if (!isRecord(schema)) throw incomplete(type, 'schema', number)
  return { type, stream, schema, key: namesIn(key) }
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
