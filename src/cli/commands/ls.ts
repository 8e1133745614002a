import { FerryError } from '../../core/errors.ts'
import { formatBytes } from '../../core/units.ts'
import { asFolder, type ObjectUrl, printObjectUrl } from '../../formats/object-url.ts'
import { entryRecord, longColumns } from '../../objects/describe-entry.ts'
import { listSelection } from '../../objects/list-objects.ts'
import { nameFilter } from '../../objects/name-filter.ts'
import { asFerryError, exitCodeOf } from '../../objects/outcome.ts'
import { nothingSelected, type Selection, selectionOf } from '../../objects/selection.ts'
import type { StorePool } from '../../objects/store-pool.ts'
import { entryKey } from '../../stores/entry-key.ts'
import type { ListEntry } from '../../stores/store.ts'
import { defineCommand, flag, type Invocation, list } from '../command.ts'
import { objectLocation } from '../object-location.ts'
import { reportError } from '../report-error.ts'
import { storePool } from '../transfer-options.ts'
import { writeTo } from '../write-to.ts'

const options = {
  long: flag('size in bytes and time (UTC) before each name', { short: 'l' }),
  recursive: flag('everything below the folder, not the folders', { short: 'r' }),
  prefix: flag('everything whose key starts like this'),
  du: flag('print the number of objects and their size at the end'),
  include: list('PATTERN', 'only what matches one of these'),
  exclude: list('PATTERN', 'nothing that matches one of these'),
  json: flag('print a line of JSON for each object and folder'),
}

type LsInvocation = Invocation<typeof options>

export default defineCommand({
  name: 'ls',
  summary: 'list objects, folders and buckets',
  description:
    'Lists what is in a bucket, container or folder, sorted by name. s3:// and its like, without ' +
    'a name, list the buckets of the account.',
  arguments: [{ name: 'url', description: 'URLs, paths, or patterns in quotes', variadic: true }],
  options,
  examples: [
    'ferry ls s3://lake/results/',
    'ferry ls -l -r lake:results/2026-03-01/ --du',
    "ferry ls 'az://logs/2026/**/*.gz' --json | jq .size",
    'ferry ls s3://',
  ],
  async run(invocation) {
    const { args, context } = invocation
    await using pool = storePool(context)
    const totals: Totals = { objects: 0, bytes: 0, exitCodes: [] }
    for (const arg of args.length === 0 ? ['./'] : args) {
      try {
        const url = await objectLocation(arg, context)
        const lines = linesOf(invocation, { pool, url, totals })
        await writeTo(context.stdout, lines, context.signal)
      } catch (error) {
        context.signal.throwIfAborted()
        if (error instanceof FerryError && error.details['quiet'] === true) throw error
        totals.exitCodes.push(reportError(asFerryError(error), context.stderr))
      }
    }
    if (invocation.options.du) {
      const { objects, bytes } = totals
      const text = invocation.options.json
        ? JSON.stringify({ kind: 'total', objects, bytes })
        : `${objects} objects, ${bytes} bytes (${formatBytes(bytes)})`
      context.stdout.write(`${text}\n`)
    }
    return exitCodeOf(totals.exitCodes)
  },
})

interface Totals {
  objects: number
  bytes: number
  /** Of what could not be listed. */
  readonly exitCodes: number[]
}

interface Listing {
  readonly pool: StorePool
  readonly url: ObjectUrl
  readonly totals: Totals
}

/** About as much as a pipe takes at once. */
const BLOCK = 32_768

async function* linesOf(invocation: LsInvocation, listing: Listing): AsyncGenerator<Uint8Array> {
  let block = ''
  for await (const line of textOf(invocation, listing)) {
    block += line
    if (block.length < BLOCK) continue
    yield Buffer.from(block)
    block = ''
  }
  if (block !== '') yield Buffer.from(block)
}

async function* textOf(
  { options, context }: LsInvocation,
  { pool, url, totals }: Listing,
): AsyncGenerator<string> {
  if (url.bucket === '') {
    yield* bucketLines(url, { pool, json: options.json, signal: context.signal })
    return
  }
  let isEmpty = true
  const selection = selectionOf(url, { recursive: options.recursive, prefix: options.prefix })
  for await (const { base, entry } of entriesOf(pool, selection, { options, context })) {
    isEmpty = false
    const name = printObjectUrl({ ...base, key: entryKey(entry) })
    yield options.json
      ? `${JSON.stringify(entryRecord(base, entry))}\n`
      : `${options.long ? longColumns(entry) : ''}${name}\n`
    if (entry.kind === 'object') {
      totals.objects++
      totals.bytes += entry.object.size
    }
    if (entry.kind !== 'failure') continue
    totals.exitCodes.push(reportError(asFerryError(entry.error), context.stderr))
  }
  if (isEmpty && selection.url.key !== '') throw nothingSelected(selection)
}

async function* bucketLines(
  url: ObjectUrl,
  { pool, json, signal }: { pool: StorePool; json: boolean; signal: AbortSignal },
): AsyncGenerator<string> {
  const store = await pool.open(url)
  for await (const name of store.bucket.names({ signal })) {
    const bucket = printObjectUrl({ ...url, bucket: name, key: '' })
    yield json ? `${JSON.stringify({ url: bucket, kind: 'bucket', name })}\n` : `${bucket}\n`
  }
}

interface LsEntry {
  /** The bucket or folder that the entry's key is in. */
  readonly base: ObjectUrl
  readonly entry: ListEntry
}

/** A name without `/` that is only a folder's lists what is in the folder. */
async function* entriesOf(
  pool: StorePool,
  selection: Selection,
  { options, context }: Pick<LsInvocation, 'options' | 'context'>,
): AsyncGenerator<LsEntry> {
  const filter = nameFilter(options.include, options.exclude)
  const how = { recursive: options.recursive, filter, signal: context.signal }
  const list = async function* (from: Selection): AsyncGenerator<LsEntry> {
    const store = await pool.open(from.url)
    for await (const entry of listSelection(store, from, how)) yield { base: from.url, entry }
  }
  if (selection.kind !== 'one' || selection.name === '') {
    yield* list(selection)
    return
  }
  // At most the object and the folder of that name.
  const found = await Array.fromAsync(list(selection))
  const [only] = found
  if (found.length !== 1 || only?.entry.kind !== 'prefix') {
    yield* found
    return
  }
  const folder = asFolder({ ...selection.url, key: only.entry.prefix })
  yield* list(selectionOf(folder, { recursive: true, prefix: false }))
}
