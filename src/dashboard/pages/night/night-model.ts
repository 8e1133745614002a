import { join } from 'node:path'
import { qualityPath } from '../../../formats/quality.ts'
import { logNameOf, readCause } from '../../logs/log-cause.ts'
import { logsPath, stampOf } from '../../nights/night-files.ts'
import type { Mask } from '../../mask.ts'
import type { Night, NightStateName, NightTarget } from '../../nights/night.ts'
import { isOpen } from '../../nights/night-store.ts'
import { MOST_FAILED as MOST_FAILED_SUMMARY, undated } from '../../nights/summarize-night.ts'
import { isSlow, type UsualDurations } from '../../nights/usual-durations.ts'
import type { PageRequest } from '../../page.ts'
import { shorten } from '../../show/shorten.ts'
import { type Freshness, freshnessOf } from './freshness.ts'
import { type DataSummary, readNightData } from './night-quality.ts'
import { sentenceOf } from './sentence.ts'

const MOST_FAILED = 50
const MOST_SLOW = 30
const MOST_KEPT_FROM = 200
const COMMAND_SHOWN = 2_000

/** Texts are masked; times are ISO 8601 in UTC. */
export interface NightModel {
  readonly date: string
  readonly state: NightStateName
  readonly sentence: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly wanted: number
  readonly counts: Night['counts']
  readonly commands: number
  readonly attempts: readonly AttemptModel[]
  readonly failed: readonly FailureModel[]
  /** Failures beyond those that are listed. */
  readonly moreFailed: number
  readonly running: readonly RunningModel[]
  readonly slow: readonly SlowModel[]
  readonly freshness: Freshness | null
  /** Null while the night's data was not checked. */
  readonly data: DataSummary | null
  /** Every night that is known of, the newest first. */
  readonly calendar: readonly { readonly date: string; readonly state: NightStateName | null }[]
  readonly canRun: boolean
}

interface AttemptModel {
  readonly number: number
  readonly startedAt: string
  readonly endedAt: string | null
  readonly outcome: 'made' | 'failed' | 'interrupted' | null
  readonly commands: number
  readonly failed: number
}

interface FailureModel {
  readonly target: string
  /** Null when it was killed. */
  readonly exitCode: number | null
  readonly isPermanent: boolean
  readonly isWanted: boolean
  readonly attempts: readonly number[]
  readonly failedAt: string | null
  readonly commandId: string | null
  readonly command: string | null
  readonly lastLines: readonly string[]
  readonly keptFrom: readonly string[]
  readonly moreKeptFrom: number
}

interface RunningModel {
  readonly target: string
  readonly command: string
  readonly startedAt: string
  readonly usualMs: number | null
}

interface SlowModel {
  readonly target: string
  readonly ms: number
  readonly usualMs: number
  readonly isRunning: boolean
}

export async function nightModel(request: PageRequest): Promise<NightModel> {
  const { dashboard, date } = request
  const { nights, index, results, clock, mask } = dashboard
  const [night, usual, { counts }, dates] = await Promise.all([
    nights.night(date),
    index.usual(date),
    results.read(date),
    nights.dates(),
  ])
  const before = dates.find(one => one < date)
  const { summary: data, series } = await readNightData(dashboard, {
    date,
    before,
    isOver: !isOpen(night.state),
  })
  const targets = [...night.targets.values()]
  const failed = targets.filter(one => one.state === 'failed').sort(byHarm)
  const now = clock.now().getTime()
  const freshness = freshnessOf(date, counts, series)
  const usualOf = (target: string): number | undefined => usual.get(undated(target, date))
  return {
    date,
    state: night.state,
    sentence: sentenceOf(night, freshness, now),
    startedAt: isoOf(night.startedAt),
    finishedAt: isoOf(night.finishedAt),
    wanted: night.wanted,
    counts: night.counts,
    commands: night.commands.length,
    attempts: attemptsOf(night),
    failed: await Promise.all(failed.slice(0, MOST_FAILED).map(one => failureOf(one, request))),
    moreFailed: Math.max(0, failed.length - MOST_FAILED),
    running: night.commands
      .filter(one => one.state === 'running')
      .map(one => ({
        target: one.target,
        command: shorten(mask(one.command), COMMAND_SHOWN),
        startedAt: new Date(one.startedAt).toISOString(),
        usualMs: usualOf(one.target) ?? null,
      })),
    slow: slowOf(night, usual, now),
    freshness: freshness ?? null,
    data: data === null ? null : masked(data, mask),
    calendar: await calendarOf(request),
    canRun: dashboard.runTarget !== undefined,
  }
}

/** Of a night that goes on, each second is another: it says how long things have taken. */
export async function nightVersion(request: PageRequest): Promise<string> {
  const { dashboard, date } = request
  const { nights, index, clock } = dashboard
  const [version, usual, dates] = await Promise.all([
    nights.versionAt(date, clock.now()),
    index.usualVersion(date),
    nights.dates(),
  ])
  return [version, usual, dates.length, dates[0], await dataVersion(request)].join(' ')
}

/** Every night that is known of, the newest first. */
export async function calendarOf({
  dashboard: { nights, index },
}: PageRequest): Promise<NightModel['calendar']> {
  const dates = await nights.dates()
  return dates.map(one => ({ date: one, state: index.known(one)?.state ?? null }))
}

/** Changes when the calendar does. */
export async function calendarVersion({
  dashboard: { nights, index },
}: PageRequest): Promise<string> {
  const dates = await nights.dates()
  return `${dates.length} ${dates[0]} ${index.revision}`
}

/** All files that the page of a night that is over is made of, but for the calendar. */
export async function nightKept(request: PageRequest): Promise<string | undefined> {
  const { dashboard, date } = request
  const { project, nights, index, runTarget } = dashboard
  if (runTarget !== undefined) return undefined // its forms bear a reader's token
  const { failed } = await index.summary(date)
  if (failed.length >= MOST_FAILED_SUMMARY) return undefined // there may be more, and it shows what they said last
  const logs = failed.map(one => join(logsPath(project, date), logNameOf(one)))
  const parts = [nights.version(date), index.usualStamps(date), dataVersion(request)]
  return [...(await Promise.all(parts)), stampOf(logs)].join(' ')
}

async function dataVersion({ dashboard, date }: PageRequest): Promise<string> {
  const { project, nights, results, qualityVersion } = dashboard
  const before = (await nights.dates()).find(one => one < date) ?? date
  const checked = stampOf([date, before].map(one => join(project, qualityPath(one))))
  return `${results.signature(date)} ${before} ${checked} ${await qualityVersion(date)}`
}

/** What keeps most from being made comes first. */
const byHarm = (a: NightTarget, b: NightTarget): number =>
  Number(b.isWanted) - Number(a.isWanted) || b.keptFrom.length - a.keptFrom.length

function attemptsOf(night: Night): AttemptModel[] {
  const byRun = Map.groupBy(night.commands, one => one.runId)
  return night.attempts.map(({ number, run_id, started_at, ended_at, outcome }) => {
    const commands = (byRun.get(run_id) ?? []).filter(one => one.state !== 'held')
    const failed = commands.filter(one => one.state === 'failed' || one.state === 'killed')
    return {
      number,
      startedAt: started_at,
      endedAt: ended_at,
      outcome,
      commands: commands.length,
      failed: new Set(failed.map(one => one.target)).size,
    }
  })
}

async function failureOf(
  target: NightTarget,
  { dashboard, date }: PageRequest,
): Promise<FailureModel> {
  const { mask, project } = dashboard
  const last = target.commands.findLast(one => one.state !== 'held') ?? target.commands.at(-1)
  const said =
    last === undefined ? [] : await readCause(logsPath(project, date), target.name, last.id)
  return {
    target: target.name,
    exitCode: target.exitCode ?? null,
    isPermanent: target.isPermanent,
    isWanted: target.isWanted,
    attempts: target.attempts,
    failedAt: isoOf(last?.finishedAt ?? last?.startedAt),
    commandId: last?.id ?? null,
    command: last === undefined ? null : shorten(mask(last.command), COMMAND_SHOWN),
    lastLines: said.map(mask),
    keptFrom: target.keptFrom.slice(0, MOST_KEPT_FROM),
    moreKeptFrom: Math.max(0, target.keptFrom.length - MOST_KEPT_FROM),
  }
}

function slowOf(night: Night, usual: UsualDurations, now: number): SlowModel[] {
  const slow: SlowModel[] = []
  for (const { name, state, ms, startedAt } of night.targets.values()) {
    const isRunning = state === 'running'
    const took = isRunning && startedAt !== undefined ? now - startedAt : ms
    const usualMs = usual.get(undated(name, night.date))
    if (took === undefined || usualMs === undefined || !isSlow(took, usualMs)) continue
    slow.push({ target: name, ms: took, usualMs, isRunning })
  }
  return slow.sort((a, b) => b.ms - b.usualMs - (a.ms - a.usualMs)).slice(0, MOST_SLOW)
}

const masked = (data: DataSummary, mask: Mask): DataSummary => ({
  ...data,
  findings: data.findings.map(one => ({ ...one, found: shorten(mask(one.found), 300) })),
})

const isoOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString()
