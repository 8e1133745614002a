import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { Account } from '../../../src/cruncher/account.ts'
import { describeRecord } from '../../../src/cruncher/describe-record.ts'
import { FileCruncher } from '../../../src/cruncher/file-cruncher.ts'
import { asUtf8 } from '../../../src/cruncher/input/as-utf8.ts'
import { WholeLines } from '../../../src/cruncher/input/whole-lines.ts'
import { prepared } from '../prepared.ts'

/** A record of a file, as plain data. */
export interface FoundRecord {
  readonly format: string
  /** Of its first line in the file. */
  readonly byteOffset: number
  readonly lineNumber: number
  /** By name; `time` as ISO 8601. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** The records of one file of somebody's logs, in a zone for times that name none. */
export async function recordsOf(path: string, timeZone: string): Promise<readonly FoundRecord[]> {
  const plan = prepared({ time_zone: timeZone }, { keepsAll: true })
  const input = { name: path, path, url: undefined, size: 0, modifiedMs: 0, etag: '' }
  const found: FoundRecord[] = []
  const cruncher = new FileCruncher({
    detector: plan.detector(),
    account: new Account(),
    reject: () => {},
    steps: {
      ...plan.steps(input, plan.classifier()),
      sinks: [
        record => {
          const { format, byteOffset, lineNumber } = record
          found.push({ format, byteOffset, lineNumber, fields: describeRecord(record) })
        },
      ],
    },
  })
  const lines = new WholeLines(cruncher, 10_000_000)
  for await (const piece of asUtf8(Readable.from([readFileSync(path)]))) lines.push(piece)
  lines.end()
  cruncher.end()
  return found
}
