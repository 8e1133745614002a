/**
 * PolyBase's external tables, by which a pool reads the stage where COPY INTO may not be used: with
 * `identity: polybase:CREDENTIAL`, a database scoped credential. Their reader of delimited texts knows no
 * quotes within quotes and no line ends within a value, and takes texts of 4,000 at most: so values are
 * written without any such character, and are what they were again when they are taken from there.
 * @see "CREATE EXTERNAL TABLE (Transact-SQL)", "CREATE EXTERNAL FILE FORMAT (Transact-SQL)"
 */
import { FerryError } from '../../core/errors.ts'
import type { TableColumn } from '../../formats/column-type.ts'
import type { Relation } from '../dialect.ts'
import { step } from '../load-changes.ts'
import type { LoadFiles, LoadStep } from '../loading.ts'
import { COLLATION } from '../mssql/load-statements.ts'
import { STAGE_ROW } from '../whole-name-statements.ts'
import { blobUrl } from './copy-into.ts'
import { sql } from './sql.ts'
import { stagedType } from './staged-value.ts'

const { identifier, literal, relation } = sql

/** The credential that is named by `identity`, if that wants PolyBase. */
export function polybaseCredential(identity: string | undefined): string | undefined {
  return /^polybase:(.+)$/.exec(identity ?? '')?.[1]
}

/** What stands for a character that the reader would not take; `%` itself is the last to come back. */
const WRITTEN: readonly (readonly [character: string, written: string, sql: string])[] = [
  ['', '%00', `N''`],
  ['\n', '%0A', 'NCHAR(10)'],
  ['\r', '%0D', 'NCHAR(13)'],
  ['"', '%22', `N'"'`],
  [',', '%2C', `N','`],
  ['\\', '%5C', `N'\\'`],
  ['%', '%25', `N'%'`],
]

/** A value in which nothing needs quotes. */
export function writtenForPolybase(text: string): string {
  if (text === '') return '%00'
  if (text === '\\.') return '%5C.'
  return text.replaceAll(/[%\n\r",]/g, character => {
    return WRITTEN.find(([one]) => one === character)?.[1] ?? character
  })
}

/** Expression of the value that was written so. */
export function readFromPolybase(expression: string): string {
  return WRITTEN.reduce(
    (text, [, written, sql]) => `REPLACE(${text}, N'${written}', ${sql})`,
    expression,
  )
}

export interface ExternalNames {
  readonly table: Relation
  /** Of the data source and the file format, which are of no schema. */
  readonly shared: string
}

export function dropExternal({ table, shared }: ExternalNames): readonly string[] {
  const name = identifier(shared)
  return [
    `IF EXISTS (SELECT 1 FROM sys.external_tables WHERE object_id = OBJECT_ID(${literal(relation(table))})) DROP EXTERNAL TABLE ${relation(table)}`,
    `IF EXISTS (SELECT 1 FROM sys.external_file_formats WHERE name = ${literal(shared)}) DROP EXTERNAL FILE FORMAT ${name}`,
    `IF EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = ${literal(shared)}) DROP EXTERNAL DATA SOURCE ${name}`,
  ]
}

/** Fills a heap of texts, as COPY INTO would. */
export function externalRows(
  texts: Relation,
  { table, shared }: ExternalNames,
  files: LoadFiles & { readonly inFiles: readonly TableColumn[]; readonly label: string },
): readonly LoadStep[] {
  const { inFiles, stage, compression, label } = files
  if (compression === 'zstd') {
    throw new FerryError('UNSUPPORTED', 'Synapse reads no zstd', {
      hint: 'take gzip for the parts',
    })
  }
  const { source, folder } = externalPlace(stage?.folderUrl ?? '')
  const name = identifier(shared)
  const columns = inFiles.map(column => {
    const type = stagedType(column).replace('(max)', '(4000)')
    return `  ${identifier(column.name)} ${type} COLLATE ${COLLATION} NULL`
  })
  const values = inFiles.map(column => `${valueOf(column)} AS ${identifier(column.name)}`)
  const packed =
    compression === 'none'
      ? ''
      : `,\n  DATA_COMPRESSION = 'org.apache.hadoop.io.compress.GzipCodec'`
  const credential = identifier(polybaseCredential(stage?.identity) ?? '')
  return [
    step(
      `CREATE EXTERNAL DATA SOURCE ${name}\nWITH (TYPE = HADOOP, LOCATION = ${plain(source)}, CREDENTIAL = ${credential})`,
      'the stage, by the credential that ferry.yaml names',
    ),
    step(
      `CREATE EXTERNAL FILE FORMAT ${name}\nWITH (FORMAT_TYPE = DELIMITEDTEXT,\n  FORMAT_OPTIONS (FIELD_TERMINATOR = ',', FIRST_ROW = 2, USE_TYPE_DEFAULT = FALSE, ENCODING = 'UTF8')${packed})`,
      'values are written so that none needs quotes',
    ),
    step(
      `CREATE EXTERNAL TABLE ${relation(table)} (\n${columns.join(',\n')}\n)\nWITH (LOCATION = ${plain(folder)}, DATA_SOURCE = ${name}, FILE_FORMAT = ${name}, REJECT_TYPE = VALUE, REJECT_VALUE = 0)`,
      'the parts where they lie; what begins with an underscore is none',
    ),
    step(
      `CREATE TABLE ${relation(texts)}\nWITH (DISTRIBUTION = ROUND_ROBIN, HEAP)\nAS SELECT ${[...values, `CAST(0 AS bigint) AS ${identifier(STAGE_ROW)}`].join(',\n  ')}\nFROM ${relation(table)}\n${label}`,
      `PolyBase reads ${files.parts.length} parts at once`,
      'staged',
    ),
  ]
}

/** Only texts of one's own making can hold such characters. */
const isFree = ({ type: { kind } }: TableColumn): boolean =>
  kind === 'text' || kind === 'json' || kind === 'other' || kind === 'interval'

function valueOf(column: TableColumn): string {
  const name = identifier(column.name)
  return isFree(column) ? `CAST(${readFromPolybase(name)} AS ${stagedType(column)})` : name
}

const plain = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** `wasbs://container@account.blob...` and the folder in it. @throws FerryError UNSUPPORTED */
function externalPlace(url: string): { readonly source: string; readonly folder: string } {
  const [, account, service = '', suffix, container, folder] =
    /^https:\/\/([^/.]+)\.(blob|dfs)\.([^/]+)\/([^/]+)\/(.*)$/.exec(blobUrl(url)) ?? []
  if (account === undefined) {
    throw new FerryError('UNSUPPORTED', `PolyBase cannot read \`${url}\``, {
      hint: 'name the stage by its account: https://ACCOUNT.blob.core.windows.net/CONTAINER/',
    })
  }
  const scheme = service === 'dfs' ? 'abfss' : 'wasbs'
  return {
    source: `${scheme}://${container}@${account}.${service}.${suffix}`,
    folder: `/${folder}`,
  }
}
