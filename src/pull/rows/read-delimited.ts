import { FerryError } from '../../core/errors.ts'
import { csvLine, type Field } from '../../formats/csv.ts'
import { DelimitedReader } from './delimited-reader.ts'
import type { ReadRow } from './row.ts'

export interface DelimitedOptions {
  readonly delimiter: ',' | '\t'
  /** Texts that mean NULL, beside the empty one without quotes. */
  readonly nulls: readonly string[]
}

/**
 * Rows of CSV or TSV whose first line names the columns. A record of another length is a broken row.
 * @throws FerryError DATA_INVALID (not UTF-8, no sound header, ends inside of quotes)
 */
export async function* readDelimited(
  bytes: AsyncIterable<Uint8Array>,
  { delimiter, nulls }: DelimitedOptions,
): AsyncGenerator<readonly ReadRow[], undefined> {
  const reader = new DelimitedReader(delimiter)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const toRow = new RowMaker(new Set(nulls))
  for await (const chunk of bytes) {
    const rows = toRow.all(reader.push(decode(decoder, chunk)))
    if (rows.length > 0) yield rows
  }
  const end = reader.push(decode(decoder, undefined))
  const last = reader.finish()
  if (last === 'torn') {
    throw new FerryError('DATA_INVALID', 'the file ends inside of a quoted value')
  }
  yield toRow.all(last === undefined ? end : [...end, last])
  return undefined
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | undefined): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch (error) {
    throw new FerryError('DATA_INVALID', 'the file is not UTF-8', {
      cause: error,
      hint: 'convert it first: a command with iconv in it can be pulled from, too',
    })
  }
}

class RowMaker {
  readonly #nulls: ReadonlySet<string>
  #names: readonly string[] | undefined

  constructor(nulls: ReadonlySet<string>) {
    this.#nulls = nulls
  }

  all(records: readonly (readonly Field[])[]): ReadRow[] {
    const rows: ReadRow[] = []
    for (const record of records) {
      if (this.#names === undefined) this.#names = columnNames(record)
      else if (record.length > 1 || this.#names.length === 1 || record[0] !== null) {
        rows.push(this.#row(record, this.#names))
      }
    }
    return rows
  }

  #row(record: readonly Field[], names: readonly string[]): ReadRow {
    if (record.length !== names.length) {
      const text = csvLine(record, ',').trimEnd()
      return { text, reason: `it has ${record.length} values, and the header ${names.length}` }
    }
    const values = record.map(value => (value !== null && this.#nulls.has(value) ? null : value))
    const members = Object.fromEntries(names.map((name, at) => [name, values[at] ?? null]))
    return { text: JSON.stringify(members), members }
  }
}

function columnNames(record: readonly Field[]): readonly string[] {
  const names = record.map(name => name?.trim() ?? '')
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (!names.includes('') && twice === undefined) return names
  const what = names.includes('') ? 'leaves a column without a name' : `names \`${twice}\` twice`
  throw new FerryError('DATA_INVALID', `the header line ${what}`, {
    hint: 'the first line must name the columns',
  })
}
