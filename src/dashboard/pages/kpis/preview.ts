import { stat } from 'node:fs/promises'
import { FerryError, systemErrorCode } from '../../../core/errors.ts'
import { VersionCache } from '../../../core/version-cache.ts'
import type { ModelReceipt } from '../../../formats/model-receipt.ts'
import { chartOf, type LineChart, roleOf } from './chart-data.ts'
import { readResult, type ResultRows, resultPath } from './read-result.ts'

/** What a result says at a glance: its newest numbers, and how they came about. */
export interface Preview {
  readonly numbers: readonly { readonly name: string; readonly value: number }[]
  /** The day of the numbers, when they have one. */
  readonly day: string | null
  /** The first of the numbers over time, the newest last; null without a time. */
  readonly trend: readonly (number | null)[] | null
}

/** Larger results are looked at on their own page. */
const MOST_ROWS = 3_000
const MOST_BYTES = 400_000
const MOST_NUMBERS = 3
const MOST_POINTS = 120
const MOST_KEPT = 2_000

type PreviewedReceipt = Pick<ModelReceipt, 'columns'> & { readonly result: string }

/** Previews of results, read once for as long as their files stay as they are. */
export class Previews {
  readonly #project: string
  readonly #known = new VersionCache<Preview | null>(MOST_KEPT)

  constructor(project: string) {
    this.#project = project
  }

  /** Null of a result without numbers, one that is too large, and one that is gone. */
  async of(receipt: PreviewedReceipt): Promise<Preview | null> {
    const path = pathOf(this.#project, receipt.result)
    if (path === undefined) return null
    const found = await statOf(path)
    if (found === undefined || found.size > MOST_BYTES) return null
    try {
      return await this.#known.get(path, `${found.size} ${found.mtimeMs}`, async () => ({
        value: await this.#read(path, receipt),
      }))
    } catch (error) {
      if (error instanceof FerryError) return null // its own page says why
      throw error
    }
  }

  async #read(path: string, { columns }: PreviewedReceipt): Promise<Preview | null> {
    const types = new Map(columns.map(({ name, type }) => [name, type]))
    const result = await readResult(path, MOST_ROWS)
    return previewOf(
      result,
      result.names.map(name => types.get(name) ?? 'text'),
    )
  }
}

/** Pure. `types` are those of the columns, in their order. */
export function previewOf(
  { names, rows, isCut }: ResultRows,
  types: readonly string[],
): Preview | null {
  if (isCut) return null // the newest may be behind what was read
  const columns = names.map((name, at) => ({ name, type: types[at] ?? 'text' }))
  const chart = chartOf({ columns, rows })
  if (chart?.kind === 'lines') return ofLines(chart)
  if (chart?.kind === 'bars') {
    const numbers = chart.bars.slice(0, MOST_NUMBERS)
    return {
      numbers: numbers.map(({ label, value }) => ({ name: label, value })),
      day: null,
      trend: null,
    }
  }
  const [only] = rows
  if (rows.length !== 1 || only === undefined) return null
  const numbers = columns.flatMap(({ name, type }, at) => {
    const field = only[at]
    const value = Number(field)
    const isNumber = roleOf(type) === 'number' && field != null && field !== ''
    return isNumber && Number.isFinite(value) ? [{ name, value }] : []
  })
  return numbers.length === 0
    ? null
    : { numbers: numbers.slice(0, MOST_NUMBERS), day: null, trend: null }
}

function ofLines({ times, series }: LineChart): Preview | null {
  const [first] = series
  const last = times.length - 1
  const numbers = series.flatMap(({ name, values }) => {
    const value = values[last]
    return value === null || value === undefined ? [] : [{ name, value }]
  })
  if (first === undefined || numbers.length === 0) return null
  return {
    numbers: numbers.slice(0, MOST_NUMBERS),
    day: new Date((times[last] ?? 0) * 1_000).toISOString().slice(0, 10),
    trend: first.values.slice(-MOST_POINTS),
  }
}

function pathOf(project: string, result: string): string | undefined {
  if (!result.endsWith('.csv')) return undefined
  try {
    return resultPath(project, result)
  } catch (error) {
    if (error instanceof FerryError) return undefined // its own page says why
    throw error
  }
}

async function statOf(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
