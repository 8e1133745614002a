import { join } from 'node:path'
import { readIfPresent } from '../../../core/atomic-write.ts'
import { FerryError } from '../../../core/errors.ts'
import type { LogicalDate } from '../../../core/logical-date.ts'
import {
  type Finding,
  type NightQuality,
  nightQuality,
  qualityPath,
} from '../../../formats/quality.ts'
import type { Dashboard } from '../../dashboard.ts'

const MOST_FINDINGS = 5

/** What is to be said of a night's data. */
export interface DataSummary {
  readonly errors: number
  readonly warnings: number
  /** The first ones, errors before warnings. */
  readonly findings: readonly Finding[]
  /** `ferry check` said it. */
  readonly isChecked: boolean
}

/**
 * From what `ferry check` left; of a night that ended without it (a failure kept it from being made),
 * from what can be said now. Null while the night runs, and when its counts cannot be read.
 */
export async function readDataSummary(
  { project, quality }: Pick<Dashboard, 'project' | 'quality'>,
  { date, isOver }: { readonly date: LogicalDate; readonly isOver: boolean },
): Promise<DataSummary | null> {
  const text = await readIfPresent(join(project, qualityPath(date)))
  const read = text === undefined ? undefined : nightQuality.safeParse(jsonOf(text))
  if (read?.success === true) return summaryOf(read.data, true)
  if (!isOver) return null
  try {
    return summaryOf(await quality(date), false)
  } catch (error) {
    if (error instanceof FerryError) return null // the page of data quality says what is wrong
    throw error
  }
}

function summaryOf({ findings }: NightQuality, isChecked: boolean): DataSummary {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return {
    errors,
    warnings: findings.length - errors,
    findings: findings.slice(0, MOST_FINDINGS),
    isChecked,
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not whole: what can be said now is said
  }
}
