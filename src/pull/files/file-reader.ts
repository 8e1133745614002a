import { FerryError } from '../../core/errors.ts'
import { decompress } from '../../formats/compression.ts'
import { openStore } from '../../stores/open-store.ts'
import { readObject } from '../../stores/read-object.ts'
import type { Delivery } from '../delivery/deliver.ts'
import { openClient, type OpenedClient } from '../http/open-client.ts'
import type { PullContext } from '../pull-context.ts'
import type { TableReader } from '../pull-table.ts'
import { redactorOf } from '../redactor.ts'
import { readRows, isTextFormat } from '../rows/read-rows.ts'
import type { RowSink } from '../rows/row-sink.ts'
import type { TablePlan } from '../table-plan.ts'
import { formatOf } from './file-format.ts'
import { KnownFiles } from './known-files.ts'
import { readParquet } from './read-parquet.ts'
import type { PulledFile, StoredFile, WebFile } from './pulled-file.ts'

/** Reads the rows of files; with `changed`, of those that are new or changed since they were loaded. */
export async function fileReader(
  plan: TablePlan,
  files: readonly PulledFile[],
  context: PullContext,
): Promise<TableReader> {
  const { config, key, name } = plan
  const formats = files.map(file => formatOf(pathOf(file), config.format))
  const isText = formats.some(({ format }) => isTextFormat(format))
  if (isText && formats.some(({ format }) => !isTextFormat(format))) {
    throw new FerryError(
      'CONFIG_INVALID',
      `\`pull.${plan.source}\`: files of text and of values in one table`,
      {
        hint: 'make two tables of them, or set format:',
      },
    )
  }
  const known = config.changed ? await KnownFiles.read(context.project, name) : undefined
  const mode =
    config.mode ?? (known === undefined ? 'full' : key.length > 0 ? 'incremental' : 'append')
  const isPart = known === undefined ? mode !== 'full' : known.isPart
  const rows: Delivery['rows'] = isPart ? 'changes' : 'all'
  let to: string | null = null
  return {
    isText,
    mode,
    rows,
    from: known?.from ?? null,
    edge: { observe: () => undefined, to: () => to },
    async read(sink) {
      const read = await readFiles(plan, files, known, { sink, context })
      if (known !== undefined) to = await known.keep(read)
    },
  }
}

interface Reading {
  readonly sink: RowSink
  readonly context: PullContext
}

/** Reads all files that are not known; returns the versions of those that were read. */
async function readFiles(
  plan: TablePlan,
  files: readonly PulledFile[],
  known: KnownFiles | undefined,
  { sink, context }: Reading,
): Promise<ReadonlyMap<string, string>> {
  const { config } = plan
  const versions = new Map<string, string>()
  const origins = new Set(files.flatMap(file => (file.kind === 'web' ? [file.url.origin] : [])))
  const redactor = redactorOf(config.auth, config.headers ?? {})
  const limits = { source: plan.source, origins, redactor }
  await using opened = origins.size === 0 ? undefined : await openClient(config, limits, context)
  for (const file of files) {
    const before = known?.version(file.name)
    if (file.kind === 'stored' && file.version === before) continue
    try {
      const version =
        file.kind === 'stored'
          ? await readStored(plan, file, { sink, context })
          : await readWeb(plan, { file, before, opened }, sink)
      if (version !== undefined) versions.set(file.name, version)
    } catch (error) {
      throw named(error, file.name)
    }
    if (sink.isFull) break
  }
  return versions
}

async function readStored(
  plan: TablePlan,
  { name, place, version }: StoredFile,
  { sink, context }: Reading,
): Promise<string> {
  const { environment, logger, signal } = context
  await using store = await openStore(place, { environment, logger })
  const object = await store.stat(place.key, { signal })
  await addRows(plan, name, readObject(store, object, { signal }), sink)
  return version
}

interface WebReading {
  readonly file: WebFile
  readonly before: string | undefined
  readonly opened: OpenedClient | undefined
}

/** What the server calls the version, or undefined when it is the one that is known. */
async function readWeb(
  plan: TablePlan,
  { file, before, opened }: WebReading,
  sink: RowSink,
): Promise<string | undefined> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(plan.config.headers ?? {})) {
    headers[name.toLowerCase()] = value
  }
  if (before !== undefined)
    headers[before.startsWith('at ') ? 'if-modified-since' : 'if-none-match'] = before.replace(
      /^at /,
      '',
    )
  const request = { method: 'GET', url: file.url, headers } as const
  return opened?.client.fetch(request, answer => {
    if (answer.isUnchanged) return Promise.resolve(undefined)
    return sink.attempt(async () => {
      await addRows(plan, pathOf(file), answer.body, sink)
      return versionOf(answer.headers)
    })
  })
}

/** Empty where the server tells none: such a file is read every time. */
function versionOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | undefined {
  const { etag, 'last-modified': modified } = headers
  if (typeof etag === 'string') return etag
  return typeof modified === 'string' ? `at ${modified}` : undefined
}

async function addRows(
  { config }: TablePlan,
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  sink: RowSink,
): Promise<void> {
  const { format, compression } = formatOf(name, config.format)
  const plain = compression === undefined ? bytes : decompress(bytes, compression)
  const options = { rows: config.rows ?? '$', nulls: config.nulls ?? [] }
  const rows = format === 'parquet' ? readParquet(plain) : readRows(plain, { format, ...options })
  for await (const some of rows) {
    await sink.add(some)
    if (sink.isFull) break
  }
}

/** What tells a file's format: of a URL, its path. */
function pathOf(file: PulledFile): string {
  return file.kind === 'web' ? file.url.pathname : file.name
}

function named(error: unknown, name: string): unknown {
  if (!(error instanceof FerryError) || error.message.includes(name)) return error
  const { code, message, hint, details } = error
  return new FerryError(code, `\`${name}\`: ${message}`, { hint, details, cause: error })
}
