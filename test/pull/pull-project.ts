import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type Counts, parseCounts } from '../../src/formats/counts.ts'
import { parseCsv, type Field } from '../../src/formats/csv.ts'
import { parseTableManifest, type TableManifest } from '../../src/formats/table-manifest.ts'
import { runFerry, type RunResult } from '../support/run-ferry.ts'

export const DATE = '2026-03-02'

/** A row as it was delivered, by the names of its columns. */
export type DeliveredRow = Readonly<Record<string, Field>>

/** A project in a temporary folder, with what is under `pull:` in its ferry.yaml. */
export class PullProject implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(pull: unknown): Promise<PullProject> {
    const project = new PullProject(await mkdtemp(join(tmpdir(), 'ferry-pull-')))
    await project.configure(pull)
    return project
  }

  async configure(pull: unknown): Promise<void> {
    await writeFile(this.path('ferry.yaml'), JSON.stringify({ pull }))
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  pull(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunResult> {
    return runFerry(['pull', ...args], { cwd: this.folder, env: { TODAY: DATE, ...env } })
  }

  async manifest(name: string): Promise<TableManifest> {
    const path = `intermediate/${DATE}/pull/${name}`
    return parseTableManifest(await readFile(this.path(path), 'utf8'), path)
  }

  async counts(name: string): Promise<Counts> {
    const path = `results/${DATE}/counts/pull/${name}.json`
    return parseCounts(await readFile(this.path(path), 'utf8'), path)
  }

  /** All rows of a table's parts. */
  async rows(name: string): Promise<readonly DeliveredRow[]> {
    const { parts, table } = await this.manifest(name)
    const names = table.columns.map(column => column.name)
    const rows: DeliveredRow[] = []
    for (const part of parts) {
      const packed = await readFile(part.url)
      const bytes = part.url.endsWith('.zst')
        ? zstdDecompressSync(packed)
        : part.url.endsWith('.gz')
          ? gunzipSync(packed)
          : packed
      const records: (readonly Field[])[] = []
      for await (const some of parseCsv(chunksOf(bytes))) records.push(...some)
      const [header, ...rest] = records
      if (header?.join() !== names.join()) throw new Error(`the header is ${header?.join()}`)
      if (rest.length !== part.rows) throw new Error(`${part.url} has ${rest.length} rows`)
      rows.push(
        ...rest.map(row => Object.fromEntries(names.map((one, at) => [one, row[at] ?? null]))),
      )
    }
    return rows
  }

  async rejected(name: string): Promise<readonly { reason: string; row: string }[]> {
    const text = await readFile(
      this.path(`intermediate/${DATE}/pull/${name}.rejected.jsonl`),
      'utf8',
    )
    return text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { reason: string; row: string })
  }

  /** As `ferry load` keeps it after its commit. */
  async loaded(name: string, to: string): Promise<void> {
    await mkdir(this.path('.ferry/pull'), { recursive: true })
    const edge = { version: 1, warehouses: { hot: { to, delivery: 'd' } } }
    await writeFile(this.path(`.ferry/pull/${name}.json`), JSON.stringify(edge))
  }

  /** All files of the project. */
  async files(): Promise<readonly string[]> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true })
    return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
