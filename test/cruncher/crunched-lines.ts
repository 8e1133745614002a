import { expect } from 'vitest'
import { Account, addsUp, type FileAccount } from '../../src/cruncher/account.ts'
import { describeRecord } from '../../src/cruncher/describe-record.ts'
import { FileCruncher } from '../../src/cruncher/file-cruncher.ts'
import { STANDARD_INPUT } from '../../src/cruncher/input/input-file.ts'
import { WholeLines } from '../../src/cruncher/input/whole-lines.ts'
import { prepared } from './prepared.ts'

export type Row = Readonly<Record<string, unknown>>

/** Lines as records, and their account, which adds up. */
export function crunched(
  text: string | Buffer,
  config: object = {},
): { rows: Row[]; account: FileAccount } {
  const plan = prepared(config, { keepsAll: true })
  const rows: Row[] = []
  const account = new Account()
  const cruncher = new FileCruncher({
    detector: plan.detector(),
    account,
    reject: () => {},
    steps: {
      ...plan.steps(STANDARD_INPUT, plan.classifier()),
      sinks: [
        record => {
          const { lineNumber: line, byteOffset: offset, lines, format } = record
          rows.push({ ...describeRecord(record), format, line, offset, lines })
        },
      ],
    },
  })
  const lines = new WholeLines(cruncher, 10_000_000)
  lines.push(Buffer.from(text))
  lines.end()
  cruncher.end()
  const made = account.toJSON()
  expect(addsUp(made)).toBe(true)
  for (const counts of Object.values(made.formats)) expect(addsUp(counts)).toBe(true)
  return { rows, account: made }
}
