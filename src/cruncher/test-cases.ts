import * as z from 'zod'
import { type ConfigSource, parseConfig } from '../core/config-file.ts'
import { Account } from './account.ts'
import { describeRecord } from './describe-record.ts'
import { FileCruncher } from './file-cruncher.ts'
import { WholeLines } from './input/whole-lines.ts'
import type { InputFile } from './input/input-file.ts'
import type { Prepared } from './prepare.ts'

const testCase = z.strictObject({
  name: z.string().min(1),
  /** As they stand in a file. */
  lines: z.union([z.string(), z.array(z.string()).transform(lines => lines.join('\n'))]),
  /** What must come out, in order; of each record only what is named is compared. */
  records: z.array(z.record(z.string(), z.unknown())),
  /** What the file is called: dates in its name count. */
  file: z.string().default('test.log'),
  /** When it was written, for times without a year. */
  modified: z.iso.datetime({ offset: true }).optional(),
})

export type CrunchTestCase = z.output<typeof testCase>

/** @throws FerryError CONFIG_INVALID as file:line:column */
export const readTestCases = (source: ConfigSource): readonly CrunchTestCase[] =>
  parseConfig(source, z.array(testCase))

/** What is different from what was expected, a line each; empty: nothing. */
export function runTestCase(test: CrunchTestCase, prepared: Prepared, maxLine: number): string[] {
  const found = recordsOf(test, prepared, maxLine)
  const findings: string[] = []
  if (found.length !== test.records.length) {
    findings.push(`${found.length} records instead of ${test.records.length}`)
  }
  for (const [at, expected] of test.records.entries()) {
    const record = found[at]
    if (record === undefined) break
    for (const [field, value] of Object.entries(expected)) {
      const is = JSON.stringify(record[field])
      const wanted = JSON.stringify(value ?? undefined)
      if (is !== wanted) {
        findings.push(
          `record ${at + 1}: \`${field}\` is ${is ?? 'absent'}, not ${wanted ?? 'absent'}`,
        )
      }
    }
  }
  return findings
}

/** Attributes stand beside the fields, so that a test need not know which is which. */
function recordsOf(
  test: CrunchTestCase,
  prepared: Prepared,
  maxLine: number,
): Readonly<Record<string, unknown>>[] {
  const modifiedMs = test.modified === undefined ? Number.NaN : Date.parse(test.modified)
  const input: InputFile = {
    name: test.file,
    path: undefined,
    url: undefined,
    size: 0,
    modifiedMs,
    etag: '',
  }
  const classifier = prepared.classifier()
  const records: Readonly<Record<string, unknown>>[] = []
  const cruncher = new FileCruncher({
    detector: prepared.detector(),
    account: new Account(),
    reject: ({ reason, text }) => records.push({ rejected: reason, text: text.toString('utf8') }),
    steps: {
      ...prepared.steps(input, classifier),
      sinks: [
        record => {
          const { attributes, ...fields } = describeRecord(record)
          const route = record.route < 0 ? {} : { route: classifier.name(record.route) }
          records.push({ ...Object(attributes), ...fields, ...route, format: record.format })
        },
      ],
    },
  })
  const lines = new WholeLines(cruncher, maxLine)
  lines.push(Buffer.from(test.lines))
  lines.end()
  cruncher.end()
  return records
}
