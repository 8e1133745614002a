import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { startPostgres } from '../../servers/postgres.ts'
import { type Compression, decompress } from '../../src/formats/compression.ts'
import { parseCsv } from '../../src/formats/csv.ts'
import { parseTableManifest, type TableManifest } from '../../src/formats/table-manifest.ts'
import { type RunResult, runFerry } from '../support/run-ferry.ts'

export const DATE = '2026-03-01'

/** A PostgreSQL, and a project that mirrors it as `shop`. */
export interface MirrorPlayground extends AsyncDisposable {
  readonly directory: string
  readonly url: string
  /** The source goes away, for good. */
  stopSource(): Promise<void>
  /** Writes ferry.yaml: settings of the source, and its tables. */
  configure(tables: string, more?: string): Promise<void>
  /** Runs statements, each in a transaction of its own. */
  sql(...statements: readonly string[]): Promise<readonly Record<string, unknown>[]>
  connect(): Promise<Client>
  ferry(...args: readonly string[]): Promise<RunResult>
  /** Mirrors a table and fails the test when that fails. */
  mirror(table: string, ...args: readonly string[]): Promise<TableManifest>
  manifest(table: string, date?: string): Promise<TableManifest>
  /** As a load would after its commit. */
  loaded(table: string, manifest: TableManifest, warehouse?: string): Promise<void>
  read(path: string): Promise<string>
}

export async function makeMirrorPlayground(
  settings: Readonly<Record<string, string>> = {},
): Promise<MirrorPlayground> {
  const server = await startPostgres({ settings })
  const directory = await mkdtemp(join(tmpdir(), 'ferry-mirror-'))
  const connect = async (): Promise<Client> => {
    const client = new Client(server.url)
    client.on('error', () => undefined) // the tests cut connections
    await client.connect()
    return client
  }
  const ferry = (...args: readonly string[]) => runFerry(args, { cwd: directory })
  const read = (path: string) => readFile(join(directory, path), 'utf8')
  const manifest = async (table: string, date = DATE) =>
    parseTableManifest(await read(`intermediate/${date}/mirror/shop.${table}`), table)
  const states = new Map<string, Record<string, unknown>>()
  return {
    directory,
    url: server.url,
    stopSource: () => server.stop(),
    connect,
    ferry,
    read,
    manifest,
    async configure(tables, more = '') {
      const source = `  shop:\n    url: ${server.url}\n${more}    tables:\n${tables}`
      await writeFile(join(directory, 'ferry.yaml'), `sources:\n${source}\n`)
    },
    async sql(...statements) {
      const client = await connect()
      let rows: Record<string, unknown>[] = []
      try {
        for (const statement of statements) ({ rows } = await client.query(statement))
      } finally {
        await client.end()
      }
      return rows
    },
    async mirror(table, ...args) {
      const { code, stderr } = await ferry('mirror', `shop.${table}`, '--date', DATE, ...args)
      if (code !== 0) throw new Error(`ferry mirror ended with ${code}: ${stderr}`)
      const at = args.indexOf('--date')
      return await manifest(table, at === -1 ? DATE : args[at + 1])
    },
    async loaded(table, { delivery }, warehouse = 'hot') {
      const known = states.get(table) ?? {}
      known[warehouse] = { to: delivery.to, delivery: delivery.takenAt }
      states.set(table, known)
      const path = join(directory, '.ferry/mirror', `shop.${table}.json`)
      await writeFile(path, JSON.stringify({ version: 1, warehouses: known }))
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** All rows of a delivery, the header lines looked at and left out. */
export async function rowsOf(manifest: TableManifest): Promise<(readonly (string | null)[])[]> {
  const rows: (readonly (string | null)[])[] = []
  const { compression } = manifest.files
  for (const part of manifest.parts) {
    const bytes = await readFile(part.url)
    const pieces = unpacked(bytes, compression)
    const found: (readonly (string | null)[])[] = []
    for await (const batch of parseCsv(pieces)) for (const row of batch) found.push(row)
    const [header, ...rest] = found
    if (header?.join() !== manifest.table.columns.map(({ name }) => name).join()) {
      throw new Error(`\`${part.url}\` begins with ${header?.join()}`)
    }
    if (rest.length !== part.rows) throw new Error(`\`${part.url}\` has ${rest.length} rows`)
    for (const row of rest) rows.push(row)
  }
  return rows
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function unpacked(bytes: Uint8Array, compression: Compression | 'none'): AsyncIterable<Uint8Array> {
  return compression === 'none' ? once(bytes) : decompress(once(bytes), compression)
}
