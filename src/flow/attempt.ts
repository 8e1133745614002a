import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError, systemErrorCode } from '../core/errors.ts'
import type { AttemptState, NightState } from '../formats/night-state.ts'
import { isPermanent } from '../formats/permanent-exit.ts'
import { AttemptWatch } from './attempt-watch.ts'
import { heldDirectory, holdTarget } from './held-targets.ts'
import type { MakeDatabase } from './make-database.ts'
import { targetsOf } from './make-graph.ts'
import { type MakeEnd, runMake } from './make-process.ts'
import type { NightOptions } from './night-context.ts'
import { writeNight } from './night-state.ts'
import { type AttemptOutcome, type FailedTarget, judgeAttempt } from './outcome.ts'
import { LiveLines, progressLines } from './progress-lines.ts'
import { endEarlierAttempts, hashMakefiles, readBootId, recordsFile, sweepNight } from './settle.ts'

const TICK_MS = 500
const SYNC_EVERY_MS = 30_000
/** New failures are told together when they come within this time. */
const BATCH_MS = 3_000

export interface AttemptPlan {
  readonly options: NightOptions
  readonly night: NightState
  readonly database: MakeDatabase
  /** Called with failures for good that nobody has been told of yet, soon after they happen. */
  readonly onPermanent: (failed: readonly FailedTarget[]) => Promise<void>
}

/** Counts the next attempt, on the disk, before anything of it starts. */
export async function beginAttempt(plan: AttemptPlan): Promise<AttemptState> {
  const { options, night } = plan
  const number = night.attempts.length + 1
  const attempt: AttemptState = {
    number,
    run_id: `${night.date}.${number}.${randomBytes(6).toString('hex')}`,
    started_at: options.clock.now().toISOString(),
    ended_at: null,
    settled: false,
    outcome: null,
    targets: [...options.targets],
    all_permanent: false,
    makefiles_hash: await hashMakefiles(options.project, plan.database),
    boot_id: await readBootId(),
  }
  night.attempts.push(attempt)
  night.closed = false
  await writeNight(options.project, night)
  return attempt
}

/**
 * Runs make once over some targets as part of an attempt, follows what happens, and sweeps behind
 * it, so that the next make meets no half output. Does not decide what the outcome means.
 */
export async function runMakeOfAttempt(
  plan: AttemptPlan,
  attempt: AttemptState,
  targets: readonly string[],
): Promise<AttemptOutcome> {
  const { options, night } = plan
  attempt.settled = false
  await writeNight(options.project, night)
  const logFile = join(
    options.project,
    'logs',
    night.date,
    `attempt-${String(attempt.number).padStart(2, '0')}.log`,
  )
  const watch = new AttemptWatch({
    recordsFile: recordsFile(options.project, night.date),
    outputFile: logFile,
    outputFrom: await sizeOf(logFile),
    runId: attempt.run_id,
  })
  const ourFailure = new AbortController()
  const running = runMake({
    directory: options.project,
    targets,
    variables: { TODAY: night.date },
    jobs: options.config.jobs,
    environment: {
      ...options.environment,
      FERRY_RUN_ID: attempt.run_id,
      FERRY_ATTEMPT: String(attempt.number),
      FERRY_HELD_DIR: heldDirectory(options.project, night.date),
    },
    logFile,
    signal: AbortSignal.any([options.signal, ourFailure.signal]),
    hardStop: options.hardStop,
  })
  const end = await follow(plan, attempt, watch, running).catch(async (error: unknown) => {
    ourFailure.abort(error) // make does not go on when nobody watches it
    await running.catch(() => {})
    throw error
  })
  await watch.update()
  attempt.settled = end.exitCode !== null
  await endEarlierAttempts({ ...options, night }, [night])
  await watch.update()
  const outcome = judgeAttempt(end.exitCode, watch, plan.database, targets)
  await holdFailures(plan, outcome)
  await sweepNight({ ...options, night }, plan.database)
  return outcome
}

/** Waits for make while it tells what happens. */
async function follow(
  plan: AttemptPlan,
  attempt: AttemptState,
  watch: AttemptWatch,
  running: Promise<MakeEnd>,
): Promise<MakeEnd> {
  const { options, night } = plan
  const live = options.stderr.isTTY ? new LiveLines(options.stderr) : undefined
  const ended = running.then(
    () => true,
    () => true,
  )
  let newsSince: number | undefined
  let syncedAt = Date.now()
  for (;;) {
    const isOver = await Promise.race([ended, sleep(TICK_MS, false)])
    if (isOver) break
    await watch.update()
    live?.draw(pictureOf(plan, attempt, watch))
    const news = permanentNews(plan, watch)
    if (news.length > 0) newsSince ??= Date.now()
    if (newsSince !== undefined && Date.now() - newsSince >= BATCH_MS) {
      live?.clear()
      await tell(plan, news)
      newsSince = undefined
    }
    if (Date.now() - syncedAt >= SYNC_EVERY_MS) {
      syncedAt = Date.now()
      if (await syncDisk(options.project)) night.synced_at = new Date(syncedAt).toISOString()
      await saveIfPossible(plan)
    }
  }
  live?.clear()
  return running
}

/** Tells of failures for good, once each. */
export async function tell(plan: AttemptPlan, news: readonly FailedTarget[]): Promise<void> {
  if (news.length === 0) return
  for (const one of news) plan.night.reported[one.target] = one.exitCode ?? 1
  plan.night.alarmed = true
  await saveIfPossible(plan)
  await plan.onPermanent(news)
}

/** A disk that is full for a while does not end what runs well; the end of the attempt must write. */
async function saveIfPossible({ options, night }: AttemptPlan): Promise<void> {
  try {
    await writeNight(options.project, night)
  } catch (error) {
    if (!(error instanceof FerryError)) throw error
    options.logger.warn(`${error.message}; the attempt goes on`)
  }
}

const permanentNews = (plan: AttemptPlan, watch: AttemptWatch): FailedTarget[] =>
  watch.failures.size === 0
    ? []
    : untold(plan, judgeAttempt(2, watch, plan.database, plan.options.targets))

/** The failures for good that nobody has been told of. */
export function untold(plan: AttemptPlan, outcome: AttemptOutcome): FailedTarget[] {
  return outcome.failed.filter(
    one => one.permanent && !one.held && plan.night.reported[one.target] === undefined,
  )
}

async function holdFailures(plan: AttemptPlan, outcome: AttemptOutcome): Promise<void> {
  const place = { project: plan.options.project, date: plan.night.date }
  for (const { target, exitCode, held, command } of outcome.failed) {
    if (held || exitCode === null || !isPermanent(exitCode)) continue
    await holdTarget(
      place,
      { target, exitCode, command: command?.begin.command ?? '' },
      plan.database,
    )
  }
}

function pictureOf(plan: AttemptPlan, attempt: AttemptState, watch: AttemptWatch): string[] {
  const { options, night, database } = plan
  const commands = watch.commands()
  const running = commands.filter(one => one.end === undefined)
  const busy = new Set(running.map(one => one.begin.target))
  const begun = new Set(commands.map(one => one.begin.target))
  const wanted = targetsOf(database, options.targets).map(one => one.name)
  const outOfDate = new Set(database.outOfDate)
  const done = wanted.filter(name => {
    const isRun = begun.has(name) && !busy.has(name) && !watch.failures.has(name)
    return isRun || !outOfDate.has(name)
  }).length
  const now = options.clock.now()
  return progressLines(
    {
      date: night.date,
      attempt: attempt.number,
      maxAttempts: options.config.max_attempts,
      wanted: wanted.length,
      done,
      failed: watch.failures.size,
      elapsedMs: now.getTime() - Date.parse(attempt.started_at),
      running,
    },
    now,
    options.stderr.columns || 80, // a terminal that does not know its size says 0
  )
}

/** Everything written so far on the project's file system goes to the disk. */
function syncDisk(project: string): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn('sync', ['-f', project], { stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('exit', code => resolve(code === 0))
  })
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0
    throw error
  }
}
