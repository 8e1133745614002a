import { openAtomicOutput } from '../../core/atomic-output.ts'
import { csvLine } from '../../formats/csv.ts'
import type { Column, ColumnType } from './plan.ts'
import type { ResultRow, ResultValue } from './result-rows.ts'

export type ResultFormat = 'csv' | 'jsonl'

const CHUNK_LENGTH = 65_536
const DAY_MS = 86_400_000

/**
 * The rows as a file's bytes. CSV has a line of column names first, and tells a missing value from an
 * empty text as `formats/csv.ts` does; JSON lines have every column in every line.
 */
export async function* encodeResult(
  columns: readonly Column[],
  rows: AsyncIterable<ResultRow>,
  format: ResultFormat,
): AsyncGenerator<Uint8Array> {
  const lineOf = format === 'csv' ? csvLineOf(columns) : jsonLineOf(columns)
  let text =
    format === 'csv'
      ? csvLine(
          columns.map(({ name }) => name),
          ',',
        )
      : ''
  for await (const row of rows) {
    text += lineOf(row)
    if (text.length < CHUNK_LENGTH) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}

/**
 * Writes the rows as a file, whole or not at all.
 * @throws FerryError LOCAL_IO, DENIED, and what reading the rows throws
 */
export async function writeResult(
  path: string,
  columns: readonly Column[],
  rows: AsyncIterable<ResultRow>,
  format: ResultFormat,
): Promise<void> {
  const output = await openAtomicOutput(path)
  try {
    for await (const bytes of encodeResult(columns, rows, format)) await output.write(bytes)
    await output.commit()
  } finally {
    await output.discard()
  }
}

function csvLineOf(columns: readonly Column[]): (row: ResultRow) => string {
  return row =>
    csvLine(
      columns.map(({ type }, at) => textOf(row[at] ?? null, type)),
      ',',
    )
}

function jsonLineOf(columns: readonly Column[]): (row: ResultRow) => string {
  const names = columns.map(({ name }, at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  return row => {
    let line = ''
    for (const [at, { type }] of columns.entries()) {
      line += `${names[at]}${jsonOf(row[at] ?? null, type)}`
    }
    return `${line}}\n`
  }
}

function jsonOf(value: ResultValue, type: ColumnType): string {
  const text = textOf(value, type)
  if (text === null) return 'null'
  return type === 'text' || type === 'date' || type === 'timestamp' ? JSON.stringify(text) : text
}

function textOf(value: ResultValue, type: ColumnType): string | null {
  if (typeof value !== 'number') return value
  if (type === 'date')
    return new Date(value * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length)
  return type === 'timestamp' ? timestampText(value) : String(value)
}

/** ISO 8601 in UTC, with a fraction of six digits where there is one. */
function timestampText(us: number): string {
  const seconds = Math.floor(us / 1e6)
  const text = new Date(seconds * 1_000).toISOString().slice(0, -'.000Z'.length)
  const fraction = us - seconds * 1e6
  return fraction === 0 ? `${text}Z` : `${text}.${String(fraction).padStart(6, '0')}Z`
}
