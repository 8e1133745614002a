import { compareFacts } from './event-facts.ts'
import { type RunEvent, RunReader } from './event-run.ts'

const BATCH = 512

interface Source {
  readonly reader: RunReader
  event: RunEvent
}

/** The events of several runs in one order, some hundred at a time. */
export async function* mergeRuns(paths: readonly string[]): AsyncGenerator<readonly RunEvent[]> {
  const readers: RunReader[] = []
  try {
    const heap: Source[] = []
    for (const path of paths) {
      const reader = await RunReader.open(path)
      readers.push(reader)
      const event = await reader.read()
      if (event !== undefined) heap.push({ reader, event })
    }
    for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap, at)
    let batch: RunEvent[] = []
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      batch.push(top.event)
      const next = top.reader.next() ?? (await top.reader.read())
      if (next === undefined) dropTop(heap)
      else top.event = next
      sink(heap, 0)
      if (batch.length < BATCH) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  } finally {
    for (const reader of readers) await reader.close()
  }
}

function dropTop(heap: Source[]): void {
  const last = heap.pop()
  if (last !== undefined && heap.length > 0) heap[0] = last
}

/** Brings the source at `at` down to where it belongs: the one with the first event is on top. */
function sink(heap: Source[], start: number): void {
  const moved = heap[start]
  if (moved === undefined) return
  let at = start
  for (;;) {
    let child = 2 * at + 1
    const left = heap[child]
    if (left === undefined) break
    let least = left
    const right = heap[child + 1]
    if (right !== undefined && compareFacts(right.event.facts, left.event.facts) < 0) {
      least = right
      child++
    }
    if (compareFacts(moved.event.facts, least.event.facts) <= 0) break
    heap[at] = least
    at = child
  }
  heap[at] = moved
}
