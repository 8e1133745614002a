import * as z from 'zod'
import type { ColumnType } from '../formats/column-type.ts'

const WORDS: Readonly<Record<string, ColumnType>> = {
  boolean: { kind: 'boolean' },
  int8: { kind: 'integer', bits: 8 },
  int16: { kind: 'integer', bits: 16 },
  smallint: { kind: 'integer', bits: 16 },
  int32: { kind: 'integer', bits: 32 },
  integer: { kind: 'integer', bits: 32 },
  int64: { kind: 'integer', bits: 64 },
  bigint: { kind: 'integer', bits: 64 },
  int128: { kind: 'integer', bits: 128 },
  float32: { kind: 'float', bits: 32 },
  float64: { kind: 'float', bits: 64 },
  bytes: { kind: 'bytes' },
  date: { kind: 'date' },
  time: { kind: 'time', zone: false },
  timetz: { kind: 'time', zone: true },
  timestamp: { kind: 'timestamp', zone: false },
  timestamptz: { kind: 'timestamp', zone: true },
  interval: { kind: 'interval' },
  uuid: { kind: 'uuid' },
  json: { kind: 'json' },
}

/** A column's type as ferry.yaml says it: `bigint`, `decimal(18,4)`, `text(200)`, `timestamptz`. */
export const columnTypeText = z.string().transform((text, context): ColumnType => {
  const word = WORDS[text.trim()]
  if (word !== undefined) return word
  const [, name, first, second] =
    /^\s*(decimal|text)(?:\((\d+)(?:,\s*(\d+))?\))?\s*$/.exec(text) ?? []
  if (name === 'text' && second === undefined) {
    return first === undefined ? { kind: 'text' } : { kind: 'text', length: Number(first) }
  }
  if (name === 'decimal') {
    if (first === undefined) return { kind: 'decimal' }
    return { kind: 'decimal', precision: Number(first), scale: Number(second ?? 0) }
  }
  const known = `decimal(18,4), text, ${Object.keys(WORDS).join(', ')}`
  context.addIssue({ code: 'custom', message: `\`${text}\` is not a type; there are ${known}` })
  return z.NEVER
})
