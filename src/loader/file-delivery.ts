import { join } from 'node:path'
import { normalizeFiles, type PlainFiles } from '../databases/open-normalizer.ts'
import { csvLine } from '../formats/csv.ts'
import type { TableLoad } from './config.ts'
import { type Delivery, identityOf } from './delivery.ts'
import { PackedFile } from './packed-file.ts'
import { packedPart } from './packed-part.ts'

export interface FilesOfTable {
  readonly table: string
  readonly date: string
  readonly files: readonly NamedFile[]
  readonly format: PlainFiles['format']
  readonly types: PlainFiles['types']
  readonly settings: Pick<TableLoad, 'strategy' | 'key'>
  /** Where what is made of them lies while they are loaded. */
  readonly folder: string
  /** Absolute path for rows that could not be read. */
  readonly rejectedFile: string
  readonly now: Date
}

export interface NamedFile {
  readonly path: string
  /** As the user named it. */
  readonly url: string
  /** Tells this content of the URL from any other. */
  readonly etag: string
}

export interface FileDelivery {
  readonly delivery: Delivery
  /** Rows that could not be read; they are in the file of the rejected, and no part of the delivery. */
  readonly unreadable: number
  readonly examples: readonly string[]
}

const EXAMPLES = 3

/**
 * Makes a delivery of files that anybody may have written. Appending the same files twice is the same
 * delivery; with any other strategy each time is one of its own, as it changes nothing then.
 * @throws FerryError DATA_INVALID, SQL_INVALID (as DuckDB says what it cannot read), LOCAL_IO
 */
export async function deliverFiles(given: FilesOfTable): Promise<FileDelivery> {
  const { table, date, files, format, types, settings, folder, now } = given
  const output = join(folder, 'normalized.csv.zst')
  const paths = files.map(file => file.path)
  const { columns, rows, rejected } = await normalizeFiles(
    { paths, format, types },
    { output, folder },
  )
  const names = new Map(files.map(file => [file.path, file.url]))
  if (rejected.length > 0) {
    await using file = await PackedFile.open(given.rejectedFile, { compression: 'zstd' })
    await file.write('part,line,column,reason,row\n')
    for (const { path, line, column, reason, text } of rejected) {
      await file.write(csvLine([names.get(path) ?? path, String(line), column, reason, text], ','))
    }
    await file.commit()
  }
  const takenAt = now.toISOString()
  const { strategy = 'replace', key = [] } = settings
  const isComplete = strategy === 'replace' || strategy === 'history'
  const content = files.map(({ url, etag }) => [url, etag])
  return {
    delivery: {
      id: identityOf({ table, content, strategy, takenAt: strategy === 'append' ? null : takenAt }),
      table,
      source: table.includes('.') ? table.slice(0, table.indexOf('.')) : 'files',
      date,
      columns,
      key,
      mode: MODES[strategy],
      rowsAre: isComplete ? 'all' : 'changes',
      isComplete,
      needsBase: false,
      files: { format: 'csv', compression: 'zstd' },
      parts: [await packedPart(output, rows)],
      rows,
      to: null,
      takenAt,
    },
    unreadable: rejected.length,
    examples: rejected.slice(0, EXAMPLES).map(({ path, line, column, reason }) => {
      const where = column === '' ? `line ${line}` : `line ${line}, column ${column}`
      return `${names.get(path) ?? path}, ${where}: ${reason}`
    }),
  }
}

const MODES = {
  replace: 'full',
  merge: 'incremental',
  append: 'append',
  history: 'snapshot',
  partition: 'full',
} as const
