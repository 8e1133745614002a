import { setImmediate } from 'node:timers/promises'
import { openAtomicOutput } from '../../core/atomic-output.ts'
import { encodePartial } from './encode-partial.ts'
import type { Entries } from './entries.ts'
import type { PartialCounts, PartialTotals } from './partial-format.ts'
import type { Reduction } from './reduction.ts'

export interface EntriesToWrite {
  readonly reduction: Reduction
  readonly entries: Entries
  readonly counts: PartialCounts
}

/**
 * Writes a file of partial results, whole or not at all.
 * @throws FerryError LOCAL_IO, DENIED, DATA_INVALID; the signal's reason
 */
export async function writeEntries(
  path: string,
  { reduction, entries, counts }: EntriesToWrite,
  signal?: AbortSignal,
): Promise<PartialTotals> {
  const output = await openAtomicOutput(path)
  try {
    const blocks = encodePartial(reduction.head, entries, entries.slots.length, counts)
    for (;;) {
      const step = blocks.next()
      if (step.done === true) {
        await output.commit()
        return step.value
      }
      await output.write(step.value)
      await setImmediate() // others want their turn, and a signal is heard
      signal?.throwIfAborted()
    }
  } finally {
    await output.discard()
  }
}
