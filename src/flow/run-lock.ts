import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { writeFileAtomically } from '../core/atomic-write.ts'
import { FerryError, systemErrorCode } from '../core/errors.ts'
import { type FileLock, tryFileLock } from '../core/file-lock.ts'

const holderSchema = z.object({
  pid: z.int(),
  host: z.string(),
  date: z.string(),
  started_at: z.string(),
})

/**
 * Takes the project's lock for `ferry run`; it ends with the process, however that ends. The file
 * beside it only tells who has it. @throws FerryError BUSY when another run has it
 */
export function takeRunLock(project: string): FileLock {
  const lock = tryFileLock(join(project, '.ferry/run.lock'))
  if (lock !== undefined) return lock
  const holder = readHolder(join(project, '.ferry/run.json'))
  const who =
    holder === undefined
      ? ''
      : `: process ${holder.pid} on ${holder.host}, night of ${holder.date}, since ${holder.started_at}`
  throw new FerryError('BUSY', `another \`ferry run\` is at work here${who}`, {
    hint: 'wait for it, or stop it: kill its process',
  })
}

/** Says who has the lock; to be called by who has it. */
export async function nameRunHolder(project: string, date: string, since: Date): Promise<void> {
  const holder: z.output<typeof holderSchema> = {
    pid: process.pid,
    host: hostname(),
    date,
    started_at: since.toISOString(),
  }
  await writeFileAtomically(join(project, '.ferry/run.json'), `${JSON.stringify(holder)}\n`)
}

function readHolder(path: string): z.output<typeof holderSchema> | undefined {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch (error) {
    // The other run has the lock but may not have said its name yet.
    if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
