import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import { Turns } from '../../core/turns.ts'
import { logsPath, namesIn } from '../nights/night-files.ts'
import { countLinesOfSmall, LARGEST_SMALL, LineCounts } from './line-count.ts'
import { LineIndexes } from './line-indexes.ts'
import { isLogName } from './open-log.ts'

export interface LogFile {
  readonly name: string
  readonly size: number
  /** Undefined until they are counted. */
  readonly lines: number | undefined
}

/** What a page may count while its reader waits. */
const COUNTED_MS = 100
/** Logs of a night that runs grow; those of others hardly change, unless something of them runs again. */
const FRESH_MS = { running: 700, over: 60_000 } as const
/** Lines that could not be counted at once: those who look again soon see them. */
const UNFINISHED_MS = 1_000
const NOT_OF_TARGETS = /^(?:timing_env\.log|trackingshell\.log)$/
const MOST_NIGHTS = 30
const STAMP_FRESH_MS = 1_000

interface Listed {
  readonly at: number
  readonly version: string
  readonly logs: Promise<readonly LogFile[]>
  freshMs: number
}

/** The logs of nights, listed at most every moment, and their lines counted as time allows. */
export class LogList {
  readonly #project: string
  /** Line numbers of the same logs. */
  readonly indexes: LineIndexes
  readonly #counts = new LineCounts()
  readonly #lists = new Map<LogicalDate, Listed>()
  readonly #stamps = new Map<LogicalDate, { readonly at: number; readonly stamp: string }>()

  constructor(project: string) {
    this.#project = project
    this.indexes = new LineIndexes(project)
  }

  /** Of targets and attempts, in no order. The same list is the same array. `night`: it runs, or its version. */
  list(date: LogicalDate, night: string): Promise<readonly LogFile[]> {
    const known = this.#lists.get(date)
    const isRunning = night === 'running'
    const version = `${night} ${isRunning ? '' : this.stamp(date)}`
    if (known?.version === version && Date.now() - known.at < known.freshMs) return known.logs
    const logs = this.#read(date, known?.logs)
    const freshMs = isRunning ? FRESH_MS.running : FRESH_MS.over
    const listed: Listed = { at: Date.now(), version, logs, freshMs }
    this.#lists.delete(date)
    this.#lists.set(date, listed)
    void this.#watch(date, listed)
    if (this.#lists.size > MOST_NIGHTS) this.#lists.delete(this.#lists.keys().next().value ?? date)
    return logs
  }

  /** Of all logs of a night as they were a moment ago: names, sizes and times. @throws FerryError LOCAL_IO */
  stamp(date: LogicalDate): string {
    const known = this.#stamps.get(date)
    if (known !== undefined && Date.now() - known.at < STAMP_FRESH_MS) return known.stamp
    const stamp = stampOfLogs(logsPath(this.#project, date))
    this.#stamps.delete(date)
    this.#stamps.set(date, { at: Date.now(), stamp })
    if (this.#stamps.size > MOST_NIGHTS)
      this.#stamps.delete(this.#stamps.keys().next().value ?? date)
    return stamp
  }

  /** What is not whole yet is listed again soon; what failed, at once. */
  async #watch(date: LogicalDate, listed: Listed): Promise<void> {
    try {
      const isUnfinished = (await listed.logs).some(one => one.lines === undefined)
      if (isUnfinished) listed.freshMs = Math.min(listed.freshMs, UNFINISHED_MS)
    } catch {
      if (this.#lists.get(date) === listed) this.#lists.delete(date) // told to who asked for it
    }
  }

  async #read(
    date: LogicalDate,
    before: Promise<readonly LogFile[]> | undefined,
  ): Promise<readonly LogFile[]> {
    const folder = logsPath(this.#project, date)
    const names = (await namesIn(folder)).filter(
      name => isLogName(name) && !NOT_OF_TARGETS.test(name),
    )
    const logs: LogFile[] = []
    const late: string[] = []
    const turns = new Turns()
    const deadline = performance.now() + COUNTED_MS
    for (const name of names) {
      if (turns.isOver) await turns.next()
      const path = join(folder, name)
      const found = lstatSync(path, { throwIfNoEntry: false })
      if (found?.isFile() !== true) continue
      const key = `${date}/${name}:${found.size}:${found.mtimeMs}`
      let lines = this.#counts.known(key)
      if (lines === undefined && found.size <= LARGEST_SMALL && performance.now() < deadline) {
        lines = countLinesOfSmall(path)
        if (lines !== undefined) this.#counts.keep(key, lines)
      }
      if (lines === undefined) late.push(name)
      logs.push({ name, size: found.size, lines })
    }
    if (late.length > 0) void this.#countLate(date, late)
    const same = await before?.catch(() => undefined)
    return same !== undefined && isEqual(same, logs) ? same : logs
  }

  /** After the page: it is there the next time. */
  async #countLate(date: LogicalDate, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const found = statSync(join(logsPath(this.#project, date), name), { throwIfNoEntry: false })
      if (found === undefined) continue
      const key = `${date}/${name}:${found.size}:${found.mtimeMs}`
      try {
        this.#counts.keep(key, await this.indexes.of(date, name).total())
      } catch {
        // A log that is gone by now needs no count.
      }
    }
  }
}

/** As a digest, with the newest of the times, so that one can tell what has just been written. */
function stampOfLogs(folder: string): string {
  const digest = createHash('sha256')
  let newest = 0
  for (const name of namesAtOnce(folder)) {
    const found = lstatSync(join(folder, name), { throwIfNoEntry: false })
    if (found === undefined) continue
    digest.update(`${name} ${found.size} ${found.mtimeMs} ${found.ino}\n`)
    newest = Math.max(newest, found.mtimeMs)
  }
  return `${digest.digest('base64url')}:${Math.round(newest)}:`
}

function namesAtOnce(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return []
    throw error
  }
}

function isEqual(before: readonly LogFile[], now: readonly LogFile[]): boolean {
  return (
    before.length === now.length &&
    now.every((one, at) => {
      const other = before[at]
      return other?.name === one.name && other.size === one.size && other.lines === one.lines
    })
  )
}
