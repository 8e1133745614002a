import { FerryError } from '../core/errors.ts'
import type { LoadWriter } from '../databases/loading.ts'
import type { TableColumn } from '../formats/column-type.ts'
import { csvLine, type Field, parseCsv } from '../formats/csv.ts'
import type { ManifestPart } from '../formats/manifest.ts'
import { refuseText } from './check-value.ts'
import { withoutHeader } from './csv-body.ts'
import { KeptRows } from './kept-rows.ts'
import { PackedFile } from './packed-file.ts'

export interface SiftOptions {
  /** In the order of the fields. */
  readonly columns: readonly TableColumn[]
  readonly notNull: readonly string[]
  readonly fit: LoadWriter['fit']
  /** The unpacked CSV of a part, with its header line. */
  readonly open: (part: ManifestPart) => AsyncIterable<Uint8Array>
  /** Where the rows that fit are written: one file a part, zstd; or so many in all, gzip. */
  readonly folder: string
  readonly spread?: number | undefined
  /** The field that is NULL in what is written, where it is not the empty one. */
  readonly nullText?: string | undefined
  /** The rows that do not, with part, line, column, reason: CSV, zstd. */
  readonly rejectedFile: string
}

export interface Sifted {
  /** Absolute paths, in the order of the parts. */
  readonly files: readonly {
    readonly path: string
    readonly rows: number
    readonly bytes: number
  }[]
  readonly rejected: number
  /** Values that the engine takes by another text than the delivered one. */
  readonly respelled: number
  readonly longestRowBytes: number
  /** The first few, for people. */
  readonly examples: readonly string[]
}

const EXAMPLES = 3

/**
 * Reads all parts value by value and keeps the rows that do not fit apart, with the reason. Done when
 * an engine refused a file: engines differ in what they tell of a bad row, and most stop at the first.
 * Streams: memory does not grow with the parts. The file of the rejected is there when this returns.
 * @throws FerryError DATA_INVALID (a part that ends in the middle of a row), LOCAL_IO
 */
export async function sift(parts: readonly ManifestPart[], options: SiftOptions): Promise<Sifted> {
  await using rejects = await PackedFile.open(options.rejectedFile, { compression: 'zstd' })
  await rejects.write('part,line,column,reason,row\n')
  await using kept = new KeptRows(options)
  const examples: string[] = []
  let rejected = 0
  let respelled = 0
  let longestRowBytes = 0
  for (const [index, part] of parts.entries()) {
    await kept.begin(index)
    for await (const { fields, line, column, reason, isRespelled } of siftPart(part, options)) {
      const text = csvLine(fields, ',')
      if (reason === undefined) {
        if (text.length * 4 > longestRowBytes) {
          longestRowBytes = Math.max(longestRowBytes, Buffer.byteLength(text))
        }
        if (isRespelled) respelled += 1
        await kept.write(text)
        continue
      }
      rejected += 1
      await rejects.write(csvLine([part.url, String(line), column, reason, text.slice(0, -1)], ','))
      if (examples.length === EXAMPLES) continue
      const where = `line ${line}${column === '' ? '' : `, column ${column}`}`
      examples.push(`${part.url}, ${where}: ${reason}`)
    }
  }
  const files = await kept.commit()
  await rejects.commit()
  return { files, rejected, respelled, longestRowBytes, examples }
}

interface SiftedRow {
  readonly line: number
  readonly fields: readonly Field[]
  readonly column: string
  readonly reason: string | undefined
  readonly isRespelled: boolean
}

async function* siftPart(part: ManifestPart, options: SiftOptions): AsyncGenerator<SiftedRow> {
  let line = 1
  const body = withoutHeader(options.open(part), header => {
    line += header.split('\n').length
  })
  try {
    for await (const rows of parseCsv(body)) {
      for (const fields of rows) {
        yield { line, ...siftRow(fields, options) }
        line += 1
        for (const field of fields) if (field !== null) line += lineEndsIn(field)
      }
    }
  } catch (error) {
    if (error instanceof FerryError) throw error
    throw new FerryError('DATA_INVALID', `\`${part.url}\`, line ${line}: it ends inside a row`, {
      cause: error,
    })
  }
}

function lineEndsIn(field: string): number {
  let count = 0
  for (let at = field.indexOf('\n'); at !== -1; at = field.indexOf('\n', at + 1)) count += 1
  return count
}

function siftRow(fields: readonly Field[], options: SiftOptions): Omit<SiftedRow, 'line'> {
  const { columns, notNull, fit, nullText = '' } = options
  if (fields.length !== columns.length) {
    const reason = `it has ${fields.length} fields, and ${columns.length} are expected`
    return { fields, column: '', reason, isRespelled: false }
  }
  const fitted: Field[] = []
  let isRespelled = false
  for (const [index, column] of columns.entries()) {
    const text = fields[index] ?? null
    if (text === null) {
      if (notNull.includes(column.name)) {
        const reason = 'it is NULL, and a part of the key'
        return { fields, column: column.name, reason, isRespelled: false }
      }
      fitted.push(nullText === '' ? null : nullText)
      continue
    }
    const isNull = nullText !== '' && text === nullText
    const wrong = isNull ? 'it is the text that stands for NULL' : refuseText(column.type, text)
    const taken = wrong === undefined ? fit(column.type, text) : { reason: wrong }
    if ('reason' in taken) {
      return { fields, column: column.name, reason: taken.reason, isRespelled: false }
    }
    if (taken.text !== text) isRespelled = true
    fitted.push(taken.text)
  }
  return { fields: fitted, column: '', reason: undefined, isRespelled }
}
