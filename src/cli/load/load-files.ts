import { join } from 'node:path'
import { openAtomicOutput } from '../../core/atomic-output.ts'
import { FerryError } from '../../core/errors.ts'
import { engineOf } from '../../databases/open-database.ts'
import type { ColumnType } from '../../formats/column-type.ts'
import { type ObjectUrl, printObjectUrl } from '../../formats/object-url.ts'
import { deliverFiles, type NamedFile } from '../../loader/file-delivery.ts'
import { PartSource } from '../../loader/open-part.ts'
import { withPartsFolder } from '../../loader/parts-folder.ts'
import { assertFewRejected } from '../../loader/reject-limit.ts'
import { readObject } from '../../stores/read-object.ts'
import type { CommandContext } from '../command.ts'
import { commandDate } from '../database-target.ts'
import { objectLocation } from '../object-location.ts'
import { openProject } from '../project.ts'
import type { LoadOptions } from './load-options.ts'
import { loadInto } from './load-into.ts'
import { type LoadSetting, tableSettings, targetOf, warehousesOf } from './settings.ts'

const FORMATS = {
  csv: 'csv',
  tsv: 'csv',
  json: 'jsonl',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
} as const

/** Whether an argument names a file, not a table of a source. */
export const isFile = (argument: string): boolean =>
  /[/\\:]/.test(argument) || formatOf(argument) !== undefined

function formatOf(name: string): (typeof FORMATS)[keyof typeof FORMATS] | undefined {
  const ending = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(name)?.[1]?.toLowerCase()
  return Object.entries(FORMATS).find(([known]) => known === ending)?.[1]
}

/**
 * `ferry load TABLE URL...`: files that anybody may have written, in one format. Types are those of the
 * table, if it is there and stays, and of ferry.yaml; else what the rows look like.
 * @throws FerryError USAGE, as reading does, and as loadTable does
 */
export async function loadFiles(
  table: string,
  names: readonly string[],
  options: LoadOptions,
  context: CommandContext,
): Promise<number> {
  const project = await openProject(context.directory, context.environment)
  const date = commandDate(options.date, project.config.timezone, context)
  const { directory } = project
  await using source = new PartSource({ ...context, directory })
  const setting: LoadSetting = { project, source, options }
  const settings = tableSettings(table, project, options)
  if (options.plan) throw new FerryError('USAGE', '--plan is for deliveries: it needs no files')
  return await withPartsFolder(directory, async folder => {
    const format = onlyFormat(names)
    const files: NamedFile[] = []
    for (const [index, name] of names.entries()) {
      const url = await objectLocation(name, context)
      files.push(await bring(url, join(folder, `file-${index}`), source, context))
    }
    const inFile = `results/${date}/rejected/load/${table}.csv.zst`
    const found = await deliverFiles({
      table,
      date,
      files,
      format,
      types: { ...(await presentTypes(table, setting, context)), ...settings.columns },
      settings,
      folder,
      rejectedFile: join(directory, inFile),
      now: context.clock.now(),
    })
    const { unreadable, delivery, examples } = found
    const rows = [{ rows: delivery.rows ?? 0 }]
    assertFewRejected(
      { rejected: unreadable, files: rows, examples },
      { delivery, settings },
      inFile,
    )
    const unread = unreadable === 0 ? undefined : { rows: unreadable, file: inFile }
    await loadInto({ delivery, from: undefined, unread }, setting, context)
    return 0
  })
}

function onlyFormat(names: readonly string[]): 'csv' | 'jsonl' | 'parquet' {
  const formats = new Set(names.map(formatOf))
  const [format] = formats
  if (format !== undefined && formats.size === 1) return format
  throw new FerryError('USAGE', `\`${names.join(' ')}\`: files of one format are wanted`, {
    hint: 'they end in .csv, .jsonl or .parquet, and .gz or .zst behind it',
  })
}

/** Files of this machine stay where they are. */
async function bring(
  url: ObjectUrl,
  path: string,
  source: PartSource,
  { signal }: CommandContext,
): Promise<NamedFile> {
  const name = printObjectUrl(url)
  const store = await source.open(url)
  const object = await store.stat(url.key, { signal })
  const etag = `${object.size}-${object.etag}`
  if (url.scheme === 'file') return { path: join(url.bucket, url.key), url: name, etag }
  const ending = /(?:\.[a-z]+)?\.[a-z]+$/i.exec(url.key)?.[0] ?? ''
  const output = await openAtomicOutput(`${path}${ending}`)
  try {
    for await (const bytes of readObject(store, object, { signal })) await output.write(bytes)
    await output.commit()
  } finally {
    await output.discard()
  }
  return { path: `${path}${ending}`, url: name, etag }
}

/** Of the table in the first warehouse, unless it is to be replaced. */
async function presentTypes(
  table: string,
  { project, options }: LoadSetting,
  { environment, signal }: CommandContext,
): Promise<Record<string, ColumnType>> {
  const { strategy = 'replace' } = tableSettings(table, project, options)
  const [warehouse] = warehousesOf(table, project, options)
  if (strategy === 'replace' || warehouse === undefined) return {}
  const engine = await engineOf(warehouse.url)
  await using session = await engine.open({
    url: warehouse.url,
    projectDirectory: project.directory,
    environment,
    signal,
  })
  const columns = (await engine.introspect.columns(session, targetOf(table))) ?? []
  return Object.fromEntries(
    columns.flatMap(({ name, type }) => {
      const read = engine.types.read(type)
      return read === undefined || read.kind === 'other' ? [] : [[name, read]]
    }),
  )
}
