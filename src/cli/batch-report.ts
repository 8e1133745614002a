import { OutcomeReport } from '../objects/outcome-report.ts'
import { TransferProgress } from '../objects/transfer-progress.ts'
import type { CommandContext } from './command.ts'

export interface BatchReport {
  readonly report: OutcomeReport
  readonly progress: TransferProgress
}

/** Where a command tells what becomes of each object. */
export function batchReport(
  { stdout, stderr, clock }: CommandContext,
  { json = false, verbose = false }: { readonly json?: boolean; readonly verbose?: boolean },
): BatchReport {
  const now = (): number => clock.now().getTime()
  const progress = new TransferProgress(now())
  return { progress, report: new OutcomeReport({ stdout, stderr, json, verbose, progress, now }) }
}
