import type { LogicalDate } from '../../../core/logical-date.ts'
import type { PageRequest } from '../../page.ts'
import { latestResults } from './latest-results.ts'
import { type Preview, Previews } from './preview.ts'
import { type Trust, trustOf } from './trust.ts'

export interface KpisModel {
  readonly date: LogicalDate
  readonly kpis: readonly KpiCard[]
}

export interface KpiCard {
  readonly name: string
  readonly description: string | null
  readonly rows: number | null
  /** Null of what has no numbers, or too many. */
  readonly preview: Preview | null
  readonly trust: Trust
}

const previews = new WeakMap<object, Previews>()

export async function kpisModel({ dashboard, date }: PageRequest): Promise<KpisModel> {
  const results = await latestResults(dashboard, date)
  const sources = new Map((await dashboard.models()).map(model => [model.name, model]))
  const known = previews.get(dashboard) ?? new Previews(dashboard.project)
  previews.set(dashboard, known)
  const kpis = await Promise.all(
    [...results].map(async ([name, latest]) => ({
      name,
      description: latest.receipt.description,
      rows: latest.receipt.rows,
      preview: await known.of(latest.receipt),
      trust: trustOf(latest, sources.get(name), dashboard.mask),
    })),
  )
  return { date, kpis }
}
