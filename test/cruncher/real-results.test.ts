/**
 * What is found in logs that nobody here wrote, field by field, against what other programs found in
 * them: results that stand beside the logs below the folder that FERRY_TEST_DATA names. Printed by
 * format: of the fields that both know, how many are equal.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compareFields, type FieldCounts } from './real-logs/compare-fields.ts'
import { type FoundRecord, recordsOf } from './real-logs/crunch-file.ts'
import { type ExpectedRecord, expectedOf } from './real-logs/expected-results.ts'

const LOGS = join(process.env['FERRY_TEST_DATA'] ?? '/nowhere', 'logs')

interface Compared {
  readonly fields: Map<string, FieldCounts>
  records: number
  /** Expected, but no record begins or goes on there. */
  missing: number
  readonly differences: string[]
}

const logs = existsSync(LOGS) ? globSync('*/*.log', { cwd: LOGS }).sort() : []

/** The record that a line is in; of lines that are the same, the first that was not found yet. */
function recordAt(
  { byteOffset, text }: ExpectedRecord,
  records: readonly FoundRecord[],
  lines: readonly string[],
  taken: ReadonlySet<FoundRecord>,
): FoundRecord | undefined {
  if (byteOffset !== undefined) return records.findLast(one => one.byteOffset <= byteOffset)
  for (const [at, line] of lines.entries()) {
    if (text === undefined || !line.includes(text)) continue
    const found = records.findLast(({ lineNumber }) => lineNumber <= at + 1)
    if (found !== undefined && !taken.has(found)) return found
  }
  return undefined
}

async function compare(log: string, to: Compared): Promise<void> {
  const expected = expectedOf(join(LOGS, log))
  if (expected === undefined) return
  const records = await recordsOf(join(LOGS, log), expected.timeZone)
  const lines = readFileSync(join(LOGS, log), 'utf8').split('\n')
  const taken = new Set<FoundRecord>()
  for (const one of expected.records) {
    const found = recordAt(one, records, lines, taken)
    if (found === undefined || taken.has(found)) {
      to.missing++
      continue
    }
    taken.add(found)
    to.records++
    for (const difference of compareFields(one, found, to.fields)) {
      to.differences.push(`${basename(log)}:${found.lineNumber} ${found.format} ${difference}`)
    }
  }
}

function rowOf(label: string, { records, missing, fields }: Compared): string {
  const cells = [...fields].map(([name, { equal, different, absent }]) => {
    const lacking = absent > 0 ? ` (${absent} more lack it)` : ''
    return `${name} ${equal}/${equal + different}${lacking}`
  })
  return `${label}: ${records} records${missing > 0 ? ` (${missing} more expected)` : ''}: ${cells.join(', ')}`
}

describe.skipIf(logs.length === 0)('fields over data that nobody here made', () => {
  test('what other programs found in real logs is found', { timeout: 60_000 }, async () => {
    const byLabel = new Map<string, Compared>()
    for (const log of logs) {
      const label = dirname(log)
      const to = byLabel.get(label) ?? {
        fields: new Map(),
        records: 0,
        missing: 0,
        differences: [],
      }
      await compare(log, to)
      if (to.records + to.missing > 0) byLabel.set(label, to)
    }
    const all = [...byLabel.values()]
    const sum = (of: (compared: Compared) => number): number =>
      all.reduce((total, one) => total + of(one), 0)
    const sumFields = (what: keyof FieldCounts): number =>
      sum(({ fields }) => [...fields.values()].reduce((total, counts) => total + counts[what], 0))
    console.log([...byLabel].map(([label, compared]) => rowOf(label, compared)).join('\n'))
    if (process.env['FERRY_SOAK'] === '1') {
      console.log(all.flatMap(({ differences }) => differences).join('\n'))
    }
    const [equal, different] = [sumFields('equal'), sumFields('different')]
    const records = sum(one => one.records)
    const missing = sum(one => one.missing)
    const share = (100 * equal) / (equal + different)
    console.log(
      `${records} records, ${missing} more expected; of ${equal + different} fields that both know ${share.toFixed(2)} % equal, ${different} different; ${sumFields('absent')} that only they know`,
    )
    expect(records).toBeGreaterThan(1_500)
    expect(missing / records).toBeLessThan(0.01)
    expect(share).toBeGreaterThan(99)
  })
})
