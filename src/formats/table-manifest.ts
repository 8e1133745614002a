import * as z from 'zod'
import { FerryError } from '../core/errors.ts'
import { tableColumn } from './column-type.ts'
import { type Manifest, manifestLines, parseManifest } from './manifest.ts'

/**
 * `intermediate/DATE/mirror/SOURCE.TABLE` (and `.../pull/...`): a manifest (formats/manifest.ts) that
 * also says what table its parts are of, and which piece of its history they hold. Written after all
 * parts, whole or not at all. `ferry mirror` and `ferry pull` write it, `ferry load` reads it.
 *
 *     {"version":1,"entries":[ ... ],"meta":{...},
 *     "table":{...},"delivery":{...},"files":{...}}
 */
const description = z.object({
  table: z.object({
    /** Its name in ferry.yaml, which is the schema that it lands in. */
    source: z.string().min(1),
    /** Its name in ferry.yaml and in the warehouse. */
    name: z.string().min(1),
    /** Empty only where nothing was ever seen of the table, which then has no parts either. */
    columns: z.array(tableColumn),
    /** Names of the columns that tell one row from all others; empty when none do. */
    key: z.array(z.string()),
    /** The column that is set when a row is deleted softly. */
    deletedAt: z.string().optional(),
  }),
  delivery: z.object({
    /** The logical date of the night. */
    date: z.string(),
    mode: z.enum(['full', 'incremental', 'append', 'snapshot']),
    /**
     * What the rows are: `all` of the table, or `changes` since `from` (some of them may have been
     * delivered before; applying them twice changes nothing), or `deletions`, the keys of rows that
     * are gone, in columns of these names alone.
     */
    rows: z.enum(['all', 'changes', 'deletions']),
    /** Where the increment begins, and where the next one will: opaque to everybody but the reader. */
    from: z.string().nullable(),
    to: z.string().nullable(),
    /** Of the source: what the engine calls the snapshot, and when it was taken by its own clock. */
    snapshot: z.string().nullable(),
    takenAt: z.string(),
  }),
  files: z.object({
    /** CSV: src/formats/csv.ts, a header line in each part, values as in column-type.ts. */
    format: z.enum(['csv', 'jsonl', 'parquet']),
    compression: z.enum(['gzip', 'zstd', 'none']),
  }),
})

export type TableDescription = z.output<typeof description>
export type TableManifest = Manifest & TableDescription

/** The text of a table's manifest. */
export function* tableManifestLines(manifest: TableManifest): Generator<string> {
  let last = ''
  for (const line of manifestLines(manifest)) {
    if (last !== '') yield last
    last = line
  }
  // The closing brace of the plain manifest makes room for what is said of the table.
  yield `${last.trimEnd().slice(0, -1)},\n`
  yield `"table":${JSON.stringify(manifest.table)},\n`
  yield `"delivery":${JSON.stringify(manifest.delivery)},\n`
  yield `"files":${JSON.stringify(manifest.files)}}\n`
}

/** Reads it; `name` is for the error. @throws FerryError MANIFEST_INVALID */
export function parseTableManifest(text: string, name: string): TableManifest {
  const { parts } = parseManifest(text, name)
  const read = description.safeParse(JSON.parse(text))
  if (!read.success) {
    const [issue] = read.error.issues
    const where = issue?.path.join('.') ?? ''
    throw new FerryError(
      'MANIFEST_INVALID',
      `\`${name}\` does not say what table it is of: \`${where}\`: ${issue?.message ?? ''}`,
      { cause: read.error, hint: 'manifests of tables are written by ferry mirror and ferry pull' },
    )
  }
  return { parts, ...read.data }
}
