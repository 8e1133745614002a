import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname, uptime } from 'node:os'
import { join, resolve } from 'node:path'
import { readIfPresent } from '../core/atomic-write.ts'
import { systemErrorCode } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { readCommands, type TrackedCommand } from '../formats/command-record.ts'
import type { AttemptState, NightState } from '../formats/night-state.ts'
import { endLeftovers, findTrackedProcesses } from './leftovers.ts'
import type { MakeDatabase } from './make-database.ts'
import { findUnsynced, removeOutputs } from './sweep.ts'
import { findUnfinished } from './unfinished.ts'

export interface SettleOptions {
  readonly project: string
  readonly night: NightState
  readonly logger: Logger
}

export const recordsFile = (project: string, date: string): string =>
  join(project, 'logs', date, 'timing_env.log')

/**
 * Ends what earlier attempts of this project left running: everything of an attempt whose make was
 * killed, and of other attempts each command that lost its tracking shell. Processes of a make by
 * hand bear no run id and are left alone. To be called before make's database is asked, as they may
 * still write.
 */
export async function endEarlierAttempts(
  options: SettleOptions,
  nights: readonly NightState[],
): Promise<void> {
  const attempts = nights.flatMap(night => night.attempts)
  const dead = new Set(attempts.filter(one => !one.settled).map(one => one.run_id))
  const ours = new Set(attempts.map(one => one.run_id))
  const commands = await readNightCommands(options.project, options.night.date)
  const lost = new Set(commands.filter(one => one.end === undefined).map(one => one.begin.id))
  const ended = await endLeftovers(
    one =>
      (one.runId !== undefined && dead.has(one.runId)) ||
      (ours.has(one.runId ?? '') && lost.has(one.commandId ?? '')),
  )
  if (ended > 0) options.logger.debug(`ended ${ended} processes that a killed attempt left`)
}

/**
 * Removes the half outputs of the night so far; from then on every attempt counts as settled in
 * `night` (the caller writes it). Returns whether anything was removed.
 */
export async function sweepNight(options: SettleOptions, database: MakeDatabase): Promise<boolean> {
  const { night, project, logger } = options
  const commands = await readNightCommands(project, night.date)
  const attempts = new Map(night.attempts.map(one => [one.run_id, one]))
  const alive = await aliveByHand(commands)
  const hash = await hashMakefiles(project, database)
  const unfinished = findUnfinished({
    commands,
    database,
    isOrderly: runId => runId === null || attempts.get(runId)?.settled !== false,
    hasSameRecipes: runId => runId === null || attempts.get(runId)?.makefiles_hash === hash,
    isAlive: command => alive.has(command.begin.id),
  })
  const last = night.attempts.at(-1)
  if (last?.settled === false && last.boot_id !== (await readBootId())) {
    unfinished.push(...(await findUnsynced(project, database, syncedAt(night, last), bootTime())))
  }
  const swept = await removeOutputs(project, unfinished, database)
  for (const attempt of night.attempts) attempt.settled = true
  if (swept.removed.length > 0) {
    logger.debug(`removed ${swept.removed.length} half outputs: ${swept.removed.join(', ')}`)
  }
  for (const folder of swept.keptFolders) {
    logger.warn(
      `the folder \`${folder}\` is a target whose command did not end; what it holds stays`,
    )
  }
  return swept.removed.length > 0
}

async function readNightCommands(project: string, date: string): Promise<TrackedCommand[]> {
  return readCommands((await readIfPresent(recordsFile(project, date))) ?? '')
}

/** Commands of a make by hand that run at this moment. */
async function aliveByHand(commands: readonly TrackedCommand[]): Promise<Set<string>> {
  const open = commands.filter(
    one => one.end === undefined && one.begin.run_id === null && one.begin.host === hostname(),
  )
  if (open.length === 0) return new Set()
  const running = new Set((await findTrackedProcesses()).map(one => one.commandId))
  const alive = new Set<string>()
  for (const { begin } of open) {
    if (running.has(begin.id) || (await isTrackingShell(begin.pid))) alive.add(begin.id)
  }
  return alive
}

async function isTrackingShell(pid: number): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'latin1')).includes('tracking-shell')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(systemErrorCode(error) ?? '')) return false
    throw error
  }
}

/** Of the makefiles' text: the same hash, the same recipes. */
export async function hashMakefiles(project: string, database: MakeDatabase): Promise<string> {
  const hash = createHash('sha256')
  for (const name of database.makefiles) {
    hash.update(`${name}\0${(await readIfPresent(resolve(project, name))) ?? ''}\0`)
  }
  return hash.digest('hex')
}

export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
}

const bootTime = (): Date => new Date(Date.now() - uptime() * 1_000)

const syncedAt = (night: NightState, last: AttemptState): Date =>
  new Date(
    night.synced_at !== null && night.synced_at > last.started_at
      ? night.synced_at
      : last.started_at,
  )
