import { join } from 'node:path'
import * as z from 'zod'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import { tryFileLock } from '../core/file-lock.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../core/errors.ts'

const edges = z.object({
  version: z.literal(1),
  warehouses: z.record(z.string(), z.object({ to: z.string().nullable(), delivery: z.string() })),
})

export interface EdgeOf {
  readonly directory: string
  /** The room that delivers, `mirror` or `pull`, reads the file to know where to go on. */
  readonly from: 'mirror' | 'pull'
  readonly table: string
}

const LOCK_TRIES = 200
const LOCK_PAUSE_MS = 25

/**
 * Notes where a warehouse's table ends, after the commit. Who is killed before has an older edge: the
 * next delivery then begins earlier than it need, and loading rows again changes nothing. What cannot
 * be read is written anew. @throws FerryError LOCAL_IO, BUSY
 */
export async function keepEdge(
  { directory, from, table }: EdgeOf,
  warehouse: string,
  edge: { readonly to: string | null; readonly delivery: string },
): Promise<void> {
  const path = join(directory, '.ferry', from, `${table}.json`)
  using _lock = await lockFile(`${path}.lock`)
  const text = await readIfPresent(path)
  const warehouses = text === undefined ? {} : readEdges(text)
  const all = { version: 1, warehouses: { ...warehouses, [warehouse]: edge } }
  await writeFileAtomically(path, `${JSON.stringify(all)}\n`)
}

function readEdges(text: string): z.output<typeof edges>['warehouses'] {
  try {
    return edges.parse(JSON.parse(text)).warehouses
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return {}
    throw error
  }
}

/** Loads of one table into two warehouses may end at the same instant. */
async function lockFile(path: string): Promise<Disposable> {
  for (let tries = 1; ; tries += 1) {
    const lock = tryFileLock(path)
    if (lock !== undefined) return lock
    if (tries === LOCK_TRIES)
      throw new FerryError('BUSY', `\`${path}\` is locked by another process`)
    await sleep(LOCK_PAUSE_MS)
  }
}
