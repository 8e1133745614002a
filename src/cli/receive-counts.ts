import { basename, join } from 'node:path'
import type { Collector } from '../collector/collector.ts'
import type { CollectConfig } from '../collector/config.ts'
import type { CounterSnapshot } from '../collector/counters.ts'
import { readIfPresent } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'
import { type LogicalDate, logicalDateAt } from '../core/logical-date.ts'
import { type Counts, countsPath, parseCounts, writeCounts } from '../formats/counts.ts'
import type { CommandContext } from './command.ts'
import { openProject } from './project.ts'

const EVERY_MS = 30_000

interface Rows {
  readonly out: number
  readonly filtered: number
  readonly rejected: number
}

const NOTHING: Rows = { out: 0, filtered: 0, rejected: 0 }

/**
 * What a collector took of its clients, day by day, in `results/DATE/counts/receive/NAME.json` of its
 * project: in = stored + came again + refused. Each `note` adds what came since the one before to the
 * day that it is now, on top of what an earlier run left there. What a collector that was killed had
 * counted since its last `note` is in the account of the delivered events only.
 */
class ReceiveCounts {
  readonly #project: string
  readonly #name: string
  readonly #today: (at: Date) => LogicalDate
  #noted = NOTHING

  constructor(project: string, name: string, today: (at: Date) => LogicalDate) {
    this.#project = project
    this.#name = name
    this.#today = today
  }

  /** One at a time. @throws FerryError LOCAL_IO */
  async note(counters: CounterSnapshot, at: Date): Promise<void> {
    const now = rowsOf(counters)
    const date = this.#today(at)
    const before = await this.#read(date)
    const added = (key: keyof Rows): number => before[key] + now[key] - this.#noted[key]
    const rows = { out: added('out'), filtered: added('filtered'), rejected: added('rejected') }
    await writeCounts(this.#project, {
      version: 1,
      step: 'receive',
      name: this.#name,
      source: this.#name,
      date,
      rows: { in: rows.out + rows.filtered + rows.rejected, ...rows },
      finishedAt: at.toISOString(),
    })
    this.#noted = now
  }

  /** A file that is broken is begun anew: the collector does not stop for it. */
  async #read(date: string): Promise<Rows> {
    const path = countsPath({ date, step: 'receive', name: this.#name } satisfies Partial<Counts>)
    const text = await readIfPresent(join(this.#project, path))
    if (text === undefined) return NOTHING
    try {
      return parseCounts(text, path).rows
    } catch (error) {
      if (error instanceof FerryError) return NOTHING
      throw error
    }
  }
}

const rowsOf = ({ stored, duplicate, rejected }: CounterSnapshot): Rows => ({
  out: stored,
  filtered: duplicate,
  rejected: Object.values(rejected).reduce((sum, count) => sum + count, 0),
})

/**
 * Keeps the counts of a collector whose project verifies its events (`collect.verify`): now and then,
 * and at its end. A disk that does not take them is told once, and keeps nobody from collecting.
 */
export async function startCounting(
  collector: Collector,
  { verify, spool }: CollectConfig,
  { directory, environment, clock, logger }: CommandContext,
): Promise<{ end(counters: CounterSnapshot): Promise<void> } | undefined> {
  if (!verify) return undefined
  const project = await openProject(directory, environment)
  const today = (at: Date): LogicalDate => logicalDateAt(at, project.config.timezone)
  const name = basename(spool) === 'collect' ? 'collector' : `collector-${basename(spool)}`
  const counts = new ReceiveCounts(project.directory, name, today)
  let failure: string | undefined
  let last = Promise.resolve()
  const note = (counters: Promise<CounterSnapshot> | CounterSnapshot): Promise<void> => {
    last = last
      .then(async () => counts.note(await counters, clock.now()))
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        if (message !== failure) logger.warn(`the counts of the day are not written: ${message}`)
        failure = message
      })
    return last
  }
  const timer = setInterval(() => void note(collector.counters()), EVERY_MS)
  return {
    async end(counters) {
      clearInterval(timer)
      await note(counters)
    },
  }
}
