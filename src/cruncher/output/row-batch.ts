import type { ByteSink } from './byte-sink.ts'
import type { Partition } from './partitions.ts'

/** Rows of one partition that lie behind each other in one chunk. */
interface Run {
  readonly chunk: ByteSink
  readonly from: number
  to: number
}

/** Rows in the order in which they came, and for each partition where its own are. */
export class RowBatch {
  readonly chunks: ByteSink[] = []
  /** In order of appearance. */
  readonly #runs = new Map<Partition, Run[]>()
  #last: Partition | undefined
  #lastRun: Run | undefined

  get partitions(): number {
    return this.#runs.size
  }

  /** Adds what was put into the last of `chunks` from `from` to its end. */
  add(partition: Partition, chunk: ByteSink, from: number): void {
    const run = this.#lastRun
    if (partition === this.#last && run?.chunk === chunk) {
      run.to = chunk.length
      return
    }
    const next = { chunk, from, to: chunk.length }
    const runs = this.#runs.get(partition)
    if (runs === undefined) this.#runs.set(partition, [next])
    else runs.push(next)
    this.#last = partition
    this.#lastRun = next
  }

  /** The rows of each partition, in blocks of some `blockBytes`; each is good until the next is asked for. */
  *blocks(blockBytes: number): Generator<{ partition: Partition; block: Uint8Array }> {
    for (const [partition, runs] of this.#runs) {
      let first = 0
      let length = 0
      for (const [at, { from, to }] of runs.entries()) {
        length += to - from
        if (length < blockBytes && at < runs.length - 1) continue
        yield { partition, block: joined(runs.slice(first, at + 1), length) }
        first = at + 1
        length = 0
      }
    }
  }
}

function joined(runs: readonly Run[], length: number): Uint8Array {
  const [only] = runs
  if (runs.length === 1 && only !== undefined) return only.chunk.bytes.subarray(only.from, only.to)
  const block = Buffer.allocUnsafe(length)
  let at = 0
  for (const { chunk, from, to } of runs) at += chunk.bytes.copy(block, at, from, to)
  return block
}
