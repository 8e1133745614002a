import type { ByteSink } from '../byte-sink.ts'
import { putRuns } from './level-runs.ts'

/** The rows of a batch that make one group of a file: `count` of `order`, from `from` on. */
export interface GroupRows {
  readonly order: Int32Array
  readonly from: number
  readonly count: number
  /** They are all rows of the batch. */
  readonly isWhole: boolean
}

/** Puts which rows have a value, as the levels of a page: `levels` has 1 for those, else 0. */
export function putPresence(sink: ByteSink, levels: Int32Array, count: number): void {
  sink.reserve(4)
  const began = sink.length
  sink.length += 4
  putRuns(sink, levels, count, 1)
  sink.view.setInt32(began, sink.length - began - 4, true)
}
