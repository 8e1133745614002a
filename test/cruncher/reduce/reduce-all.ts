import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as z from 'zod'
import { reductionConfig } from '../../../src/cruncher/reduce/config.ts'
import { mergePartials } from '../../../src/cruncher/reduce/merge-partials.ts'
import { Reducer } from '../../../src/cruncher/reduce/reducer.ts'
import { compileReduction, type Reduction } from '../../../src/cruncher/reduce/reduction.ts'
import type { ResultValue } from '../../../src/cruncher/reduce/result-rows.ts'
import { encodeResult } from '../../../src/cruncher/reduce/write-result.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { fillRecord, type PlainRecord } from './plain-record.ts'

export const ROUTES = ['task.list', 'task.update', '', 'ünïcode', 'task.list']
export const routeName = (route: number): string | undefined => ROUTES[route]

export function reductionOf(config: z.input<typeof reductionConfig>): Reduction {
  return compileReduction('sample', reductionConfig.parse(config))
}

/** A folder for one test. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'ferry-reduce-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Writes a partial result of the records; by a budget of a few bytes nearly all goes through files. */
export async function writePartialOf(
  reduction: Reduction,
  records: readonly PlainRecord[],
  path: string,
  maxBytes = 100_000_000,
): Promise<void> {
  using reducer = new Reducer(reduction, { directory: `${path}.runs`, maxBytes, routeName })
  const record = new LogRecord()
  for (const plain of records) reducer.add(fillRecord(record, plain))
  await reducer.writePartial(path)
}

/** The rows of partial results as objects, by the names of columns. */
export async function rowsOf(
  reduction: Reduction,
  partials: readonly string[],
): Promise<Record<string, ResultValue>[]> {
  const directory = `${partials[0]}.merge`
  const rows = await Array.fromAsync(mergePartials(reduction, partials, { directory }))
  return rows.map(row =>
    Object.fromEntries(reduction.columns.map(({ name }, at) => [name, row[at] ?? null])),
  )
}

/** The rows of some records. */
export async function reduceAll(
  config: z.input<typeof reductionConfig>,
  records: readonly PlainRecord[],
): Promise<Record<string, ResultValue>[]> {
  using folder = temporaryFolder()
  const reduction = reductionOf(config)
  const path = join(folder.path, 'all.partial')
  await writePartialOf(reduction, records, path)
  return await rowsOf(reduction, [path])
}

/** The result as the text of a file. */
export async function resultText(
  reduction: Reduction,
  partials: readonly string[],
  format: 'csv' | 'jsonl',
): Promise<string> {
  const directory = `${partials[0]}.merge`
  const rows = mergePartials(reduction, partials, { directory })
  return Buffer.concat(
    await Array.fromAsync(encodeResult(reduction.columns, rows, format)),
  ).toString()
}
