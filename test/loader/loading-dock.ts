import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Relation, Session, Value } from '../../src/databases/dialect.ts'
import type { Engine } from '../../src/databases/engine.ts'
import { readAll } from '../../src/databases/read-all.ts'
import type { LoadOutcome } from '../../src/formats/load-receipt.ts'
import type { TableManifest } from '../../src/formats/table-manifest.ts'
import { loadConfig } from '../../src/loader/config.ts'
import { deliveryOf } from '../../src/loader/delivery.ts'
import { loadTable } from '../../src/loader/load-table.ts'
import { PartSource } from '../../src/loader/open-part.ts'
import type { StageSettings } from '../../src/loader/stage.ts'
import { silent } from '../support/silent-logger.ts'
import { column, hand, type Handed } from './deliver.ts'

export interface LoadedEngine {
  readonly engine: Engine
  readonly open: () => Promise<Session>
  /** Of an engine that fetches files itself; `environment` has what opens it. */
  readonly stage?: StageSettings
  readonly environment?: Readonly<Record<string, string | undefined>>
}

export const COLUMNS = [column('id', 'integer'), column('name', 'text'), column('note', 'text')]

let tables = 0

/** A folder, a session on a warehouse, and one table at a time to deliver to. */
export class LoadingDock implements AsyncDisposable {
  readonly engine: Engine
  readonly session: Session
  readonly directory: string
  target: Relation = { name: '' }
  readonly #open: () => Promise<Session>
  readonly #source: PartSource
  readonly #stage: StageSettings | undefined

  static async open(loaded: LoadedEngine): Promise<LoadingDock> {
    const directory = await mkdtemp(join(tmpdir(), 'ferry-loading-'))
    return new LoadingDock(loaded, await loaded.open(), directory)
  }

  private constructor(loaded: LoadedEngine, session: Session, directory: string) {
    const { engine, open, stage, environment = {} } = loaded
    this.#stage = stage
    this.engine = engine
    this.#open = open
    this.session = session
    this.directory = directory
    const { signal } = new AbortController()
    this.#source = new PartSource({ directory, environment, signal, logger: silent })
  }

  /** A table that is not there yet. */
  another(): void {
    tables += 1
    this.target = { schema: 'production', name: `tasks_${tables}` }
  }

  give(given: Partial<Handed>): Promise<TableManifest> {
    const table = { name: this.target.name, ...given.table }
    return hand(this.directory, { columns: COLUMNS, parts: [], ...given, table })
  }

  async load(
    manifest: TableManifest,
    settings: Record<string, unknown> = {},
  ): Promise<LoadOutcome & { isNewest: boolean }> {
    const parsed = loadConfig.parse({ tables: { t: settings } })
    const own = parsed.tables['t'] ?? { columns: {} }
    const { outcome, isNewest } = await loadTable({
      delivery: deliveryOf(manifest),
      target: this.target,
      settings: {
        ...own,
        max_rejected: own.max_rejected ?? parsed.max_rejected,
        on_schema_change: own.on_schema_change ?? parsed.on_schema_change,
      },
      engine: this.engine,
      warehouse: 'hot',
      open: this.#open,
      source: this.#source,
      stage: this.#stage,
      signal: new AbortController().signal,
      directory: this.directory,
      clock: { now: () => new Date('2026-11-28T04:00:00Z') },
      logger: silent,
    })
    return { ...outcome, isNewest }
  }

  rows(columns = 'id, name, note'): Promise<readonly (readonly Value[])[]> {
    const order = columns.includes(',') ? '1, 2' : '1'
    const table = this.engine.sql.relation(this.target)
    return readAll(this.session, `SELECT ${columns} FROM ${table} ORDER BY ${order}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close()
    await rm(this.directory, { recursive: true, force: true })
  }
}
