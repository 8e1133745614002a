import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock } from '../../src/core/clock.ts'
import { parseLogicalDate } from '../../src/core/logical-date.ts'
import type { Row, Session } from '../../src/databases/dialect.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import { isEmbedded, stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { readAll } from '../../src/databases/read-all.ts'
import type { ModelReceipt } from '../../src/formats/model-receipt.ts'
import { type BuildOptions, buildModel, type Built } from '../../src/models/build-model.ts'
import { loadSomeModels } from '../../src/models/load-models.ts'
import type { ModelProject } from '../../src/models/model.ts'

export type Tuning = Partial<Pick<BuildOptions, 'isForced' | 'isFull' | 'keepsBuild'>>

/** A project in a folder of its own, on a real warehouse. */
export interface Playground extends AsyncDisposable {
  readonly directory: string
  readonly project: ModelProject
  write(file: string, text: string): Promise<void>
  /** Builds models in the order that they need. */
  build(names: string | readonly string[], date?: string, tuning?: Tuning): Promise<Built[]>
  /** A session of its own on the warehouse. */
  open(): Promise<Session>
  run(...statements: string[]): Promise<void>
  rows(query: string): Promise<readonly Row[]>
  read(file: string): Promise<string>
  receipt(name: string, date?: string): Promise<ModelReceipt>
}

export const NIGHT = '2026-03-02'

/** @param schema keeps playgrounds on one server apart */
export async function makePlayground(url: string, schema?: string): Promise<Playground> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-models-'))
  const config = schema === undefined ? { url } : { url, schema }
  const project: ModelProject = {
    directory,
    folder: 'models',
    warehouses: { hot: config, cold: { url: 'duckdb:./cold.duckdb' } },
    sources: { shop: { url: 'postgres://shop', tables: { sales: {}, people: {} } } },
  }
  const write = async (file: string, text: string): Promise<void> => {
    const path = join(directory, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  await write(
    'ferry.yaml',
    JSON.stringify({ warehouses: project.warehouses, sources: project.sources }),
  )
  const dialect = await dialectOf(url)
  const target = {
    url,
    projectDirectory: directory,
    environment: process.env,
    signal: new AbortController().signal,
  }
  const open = (): Promise<Session> => dialect.open(target)
  const read = (file: string): Promise<string> => readFile(join(directory, file), 'utf8')
  return {
    directory,
    project,
    write,
    open,
    read,
    async build(names, date = NIGHT, tuning = {}) {
      const { chosen, known } = await loadSomeModels([names].flat(), project)
      const built: Built[] = []
      for (const model of chosen) {
        const options: BuildOptions = {
          project,
          known,
          date: parseLogicalDate(date),
          variables: {},
          isForced: false,
          isFull: false,
          keepsBuild: false,
          clock: systemClock,
          dialect,
          open,
          ...tuning,
        }
        built.push(await buildModel(model, options))
      }
      return built
    },
    async run(...statements) {
      await using session = await open()
      for (const statement of statements) await session.execute(statement)
    },
    async rows(query) {
      await using session = await open()
      return await readAll(session, query)
    },
    async receipt(name, date = NIGHT) {
      return JSON.parse(await read(`results/${date}/models/${name}.json`)) as ModelReceipt
    },
    async [Symbol.asyncDispose]() {
      if (isEmbedded(url)) await stopWarehouse(target)
      await rm(directory, { recursive: true, force: true })
    },
  }
}
