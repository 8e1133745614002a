import type { CheckResult } from '../../../formats/model-receipt.ts'
import type { Finding, ModelChecks, NightQuality } from '../../../formats/quality.ts'
import type { Mask } from '../../mask.ts'
import type { PageRequest } from '../../page.ts'
import { shorten } from '../../show/shorten.ts'

const FINDING_SHOWN = 600

/** What `ferry check` writes of a night, as its files are now; texts are masked, and cut. */
export type QualityModel = Omit<NightQuality, 'version' | 'finishedAt'>

export async function qualityModel({ dashboard, date }: PageRequest): Promise<QualityModel> {
  const { findings, series, nights, tables, checks, events, steps } = await dashboard.quality(date)
  const shown = <Told extends Finding | CheckResult>(one: Told): Told => ({
    ...one,
    found: told(one.found, dashboard.mask),
  })
  return {
    date,
    nights,
    findings: findings.map(shown),
    series,
    tables,
    steps,
    events,
    checks: checks.map((one): ModelChecks => ({ ...one, failing: one.failing.map(shown) })),
  }
}

const told = (text: string, mask: Mask): string => shorten(mask(text), FINDING_SHOWN)
