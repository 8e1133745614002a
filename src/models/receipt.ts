import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../core/atomic-write.ts'
import { toErrorRecord } from '../core/errors.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import type { ModelFailure, ModelReceipt } from '../formats/model-receipt.ts'
import { FailedChecks } from './failed-checks.ts'

/** The files that tell how a model fared on one night. */
export interface ReceiptFiles {
  /** Before anything is done: what the last try left must not speak for this one. */
  clear(): Promise<void>
  /** Last of all. */
  writeReceipt(receipt: ModelReceipt): Promise<void>
  writeFailure(error: unknown, finishedAt: Date): Promise<void>
}

export function receiptFiles(directory: string, date: LogicalDate, model: string): ReceiptFiles {
  const folder = join(directory, 'results', date, 'models')
  const receipt = join(folder, `${model}.json`)
  const failure = join(folder, `${model}.failed.json`)
  const write = (path: string, content: ModelReceipt | ModelFailure): Promise<void> =>
    writeFileAtomically(path, `${JSON.stringify(content, null, 2)}\n`)
  return {
    clear: () => rm(receipt, { force: true }),
    async writeReceipt(content) {
      await rm(failure, { force: true })
      await write(receipt, content)
    },
    writeFailure: (error, finishedAt) =>
      write(failure, {
        version: 1,
        model,
        date,
        state: 'failed',
        error: toErrorRecord(error),
        checks: error instanceof FailedChecks ? error.checks : [],
        finished_at: finishedAt.toISOString(),
      }),
  }
}

/** The result file of a model, relative to the project. */
export const resultFile = (date: LogicalDate, model: string, format: string): string =>
  `results/${date}/${model}.${format}`
