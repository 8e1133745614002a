import { join } from 'node:path'
import { jsonIfWhole } from '../../../core/json-if-whole.ts'
import { readIfPresent } from '../../../core/atomic-write.ts'
import { within } from '../../../core/within.ts'
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
const PATIENCE_MS = 250

/** What is to be said of a night's data. */
export interface DataSummary {
  readonly errors: number
  readonly warnings: number
  /** The first ones, errors before warnings. */
  readonly findings: readonly Finding[]
  /** `ferry check` said it. */
  readonly isChecked: boolean
}

interface NightData {
  /** Null while the night runs, and when its counts cannot be read. */
  readonly summary: DataSummary | null
  /** Rows of the nights before, as far as they are known. */
  readonly series: NightQuality['series']
}

/**
 * From what `ferry check` left; of a night that ended without it (a failure kept it from being made),
 * from what can be said now. While it runs, the night before tells which sources there are.
 */
export async function readNightData(
  { project, briefQuality, index }: Pick<Dashboard, 'project' | 'briefQuality' | 'index'>,
  { date, before, isOver }: NightInQuestion,
): Promise<NightData> {
  const checked = await readQuality(project, date)
  if (checked !== undefined) return { summary: summaryOf(checked, true), series: checked.series }
  try {
    if (isOver) {
      const judged = briefQuality(date)
      const found = await within(judged, PATIENCE_MS)
      if (found !== undefined) return { summary: summaryOf(found, false), series: found.series }
      index.lack()
      // Twelve weeks of counts are read for the first time: the page does not wait, and is told.
      void judged.then(
        () => index.tell(),
        () => {}, // the page of data quality says why
      )
    }
  } catch (error) {
    // The page of data quality says what is wrong.
    if (!(error instanceof FerryError)) throw error
  }
  const earlier = before === undefined ? undefined : await readQuality(project, before)
  return { summary: null, series: earlier?.series ?? [] }
}

interface NightInQuestion {
  readonly date: LogicalDate
  readonly before: LogicalDate | undefined
  readonly isOver: boolean
}

/** Undefined without a file, or with one that is not whole. */
async function readQuality(project: string, date: string): Promise<NightQuality | undefined> {
  const text = await readIfPresent(join(project, qualityPath(date)))
  return text === undefined ? undefined : nightQuality.safeParse(jsonIfWhole(text)).data
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
