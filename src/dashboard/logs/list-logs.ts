import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { forEachParallel } from '../../core/for-each-parallel.ts'
import { systemErrorCode } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import { logsPath, namesIn } from '../nights/night-files.ts'
import { LineCounts } from './line-count.ts'
import { isLogName, openLog } from './open-log.ts'

export interface LogFile {
  readonly name: string
  readonly size: number
  /** Undefined until they are counted. */
  readonly lines: number | undefined
}

/** What a page may count while its reader waits. */
const COUNTED_BYTES = 8_000_000
/** Logs of a night that runs grow; those of others hardly change. */
const FRESH_MS = { running: 700, over: 5_000 } as const
const NOT_OF_TARGETS = /^(?:timing_env\.log|trackingshell\.log)$/

/** The logs of nights, listed at most every moment, and their lines counted as time allows. */
export class LogList {
  readonly #project: string
  readonly #counts = new LineCounts()
  readonly #lists = new Map<
    LogicalDate,
    { readonly at: number; readonly logs: Promise<LogFile[]> }
  >()

  constructor(project: string) {
    this.#project = project
  }

  /** Of targets and attempts, in no order. */
  list(date: LogicalDate, night: keyof typeof FRESH_MS): Promise<readonly LogFile[]> {
    const known = this.#lists.get(date)
    if (known !== undefined && Date.now() - known.at < FRESH_MS[night]) return known.logs
    const logs = this.#read(date)
    this.#lists.set(date, { at: Date.now(), logs })
    if (this.#lists.size > 30) this.#lists.delete(this.#lists.keys().next().value ?? date)
    return logs
  }

  async #read(date: LogicalDate): Promise<LogFile[]> {
    const folder = logsPath(this.#project, date)
    const names = (await namesIn(folder)).filter(
      name => isLogName(name) && !NOT_OF_TARGETS.test(name),
    )
    const logs: LogFile[] = []
    let budget = COUNTED_BYTES
    const late: string[] = []
    await forEachParallel(names, 16, async name => {
      const found = await statOf(join(folder, name))
      if (found === undefined) return
      const key = `${date}/${name}:${found.size}:${found.mtimeMs}`
      let lines = this.#counts.known(key)
      if (lines === undefined && found.size <= budget) {
        budget -= found.size + 4_096
        lines = await this.#count(date, name, key)
      } else if (lines === undefined) late.push(name)
      logs.push({ name, size: found.size, lines })
    })
    if (late.length > 0) void this.#countLate(date, late)
    return logs
  }

  async #count(date: LogicalDate, name: string, key: string): Promise<number> {
    await using file = await openLog(this.#project, date, name)
    return await this.#counts.count(key, file) // or the file would be closed meanwhile
  }

  /** After the page: it is there the next time. */
  async #countLate(date: LogicalDate, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const found = await statOf(join(logsPath(this.#project, date), name))
      if (found === undefined) continue
      await this.#count(date, name, `${date}/${name}:${found.size}:${found.mtimeMs}`).catch(
        () => {},
      )
      // A log that is gone by now needs no count.
    }
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
