import { FerryError } from '../core/errors.ts'
import { notify, type NotifyOptions } from './notify.ts'
import type { NightReport } from './night-report.ts'

/** The user ended it, or another run is at work and will report. */
const UNTOLD = new Set(['INTERRUPTED', 'TERMINATED', 'BUSY'])

export type StoppedNight = Pick<NightReport, 'project' | 'date' | 'attempt' | 'max_attempts'>

/**
 * Tells those who get reports that the night ended by an error of its own: a full disk, a makefile
 * that make cannot read. Not to stderr, where the error itself goes. Never throws.
 */
export async function tellStop(
  error: unknown,
  night: StoppedNight,
  options: NotifyOptions,
): Promise<void> {
  if (error instanceof FerryError && UNTOLD.has(error.code)) return
  const remarks = describe(error)
  await notify(
    { ...night, event: 'night stopped', wanted: 0, done: 0, failed: [], remarks },
    options,
  )
}

function describe(error: unknown): string[] {
  if (!(error instanceof FerryError)) {
    return [`a bug in ferry: ${error instanceof Error ? error.message : String(error)}`]
  }
  const hint = error.hint === undefined ? [] : [`hint: ${error.hint}`]
  return [...error.message.split('\n'), ...hint]
}
