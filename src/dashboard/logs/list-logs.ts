import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { LogicalDate } from '../../core/logical-date.ts'
import { Turns } from '../../core/turns.ts'
import { logsPath } from '../nights/night-files.ts'
import { countLinesOfSmall, LARGEST_SMALL, LineCounts } from './line-count.ts'
import { LineIndexes } from './line-indexes.ts'
import { type FoundLog, lookAtLogs } from './look-at-logs.ts'
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
  /** The last look at a folder. */
  #looked: { readonly date: LogicalDate; readonly files: readonly FoundLog[] } | undefined

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
    if (isRunning) this.#look(date)
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
    return this.#look(date)
  }

  #look(date: LogicalDate): string {
    const { files, stamp } = lookAtLogs(logsPath(this.#project, date))
    this.#looked = { date, files }
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
    if (this.#looked?.date !== date) this.#look(date)
    const found = this.#looked?.files ?? []
    const folder = logsPath(this.#project, date)
    const logs: LogFile[] = []
    const late: string[] = []
    const turns = new Turns()
    const deadline = performance.now() + COUNTED_MS
    for (const { name, size, mtimeMs } of found) {
      if (!isLogName(name) || NOT_OF_TARGETS.test(name)) continue
      if (turns.isOver) await turns.next()
      const key = `${date}/${name}:${size}:${mtimeMs}`
      let lines = this.#counts.known(key)
      if (lines === undefined && size <= LARGEST_SMALL && performance.now() < deadline) {
        lines = countLinesOfSmall(join(folder, name))
        if (lines !== undefined) this.#counts.keep(key, lines)
      }
      if (lines === undefined) late.push(name)
      logs.push({ name, size, lines })
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

function isEqual(before: readonly LogFile[], now: readonly LogFile[]): boolean {
  return (
    before.length === now.length &&
    now.every((one, at) => {
      const other = before[at]
      return other?.name === one.name && other.size === one.size && other.lines === one.lines
    })
  )
}
