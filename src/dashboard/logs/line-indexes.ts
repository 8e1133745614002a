import type { LogicalDate } from '../../core/logical-date.ts'
import { LineIndex } from './line-index.ts'
import { openLog } from './open-log.ts'

/** Logs whose lines are counted, the last that were asked for: some kilobytes for each gigabyte. */
const MOST = 64

/** The line numbers of a project's logs. */
export class LineIndexes {
  readonly #project: string
  readonly #indexes = new Map<string, LineIndex>()

  constructor(project: string) {
    this.#project = project
  }

  of(date: LogicalDate, log: string): LineIndex {
    const key = `${date}/${log}`
    const index = this.#indexes.get(key) ?? new LineIndex(() => openLog(this.#project, date, log))
    this.#indexes.delete(key)
    this.#indexes.set(key, index)
    for (const first of this.#indexes.keys()) {
      if (this.#indexes.size <= MOST) break
      this.#indexes.delete(first)
    }
    return index
  }
}
