import { FerryError } from '../core/errors.ts'
import type { Column, Row, Session, Value } from '../databases/dialect.ts'
import { readAll } from '../databases/read-all.ts'
import type { CheckResult } from '../formats/model-receipt.ts'
import type { Check } from './check.ts'
import { FailedChecks } from './failed-checks.ts'
import { type Checked, type CheckSql, checkSql } from './check-sql.ts'

export interface CheckedRows {
  readonly rows: number
  readonly results: readonly CheckResult[]
}

const OFFENDERS_SHOWN = 3
const VALUE_CHARACTERS = 60

/**
 * Counts the rows and runs all checks, in one statement. A check that fails is a result, not an
 * error. @throws FerryError SQL_INVALID naming the check whose SQL the engine refuses
 */
export async function runChecks(
  checks: readonly Check[],
  checked: Checked,
  session: Session,
): Promise<CheckedRows> {
  const parts = checks.map(check => checkSql(check, checked))
  const [rows, ...values] = await measure(checks, parts, checked, session)
  const count = Number(rows)
  const results: CheckResult[] = []
  for (const [index, check] of checks.entries()) {
    const part = parts[index]
    if (part === undefined) continue
    const measured = part.measure === undefined ? null : (values.shift() ?? null)
    const found = part.found === undefined ? null : (values.shift() ?? null)
    const result = judge(check, { count, measured, found })
    const examples = result.passed ? [] : await offendersOf(part, session)
    results.push({ ...result, found: [result.found, ...examples].join('\n') })
  }
  return { rows: count, results }
}

async function measure(
  checks: readonly Check[],
  parts: readonly CheckSql[],
  { from }: Checked,
  session: Session,
): Promise<Value[]> {
  let query = 'SELECT count(*) AS ferry_rows'
  const ends = parts.map((part, index) => {
    if (part.measure !== undefined) query += `,\n  ${part.measure} AS ferry_measure_${index}`
    if (part.found !== undefined) query += `,\n  ${part.found} AS ferry_found_${index}`
    return query.length
  })
  try {
    const [row = []] = await readAll(session, `${query}\nFROM ${from}`)
    return [...row]
  } catch (error) {
    if (!(error instanceof FerryError) || error.code !== 'SQL_INVALID') throw error
    const { position } = error.details
    const culprit = typeof position === 'number' ? ends.findIndex(end => position < end) : -1
    const [name] = [checks[culprit], ...(checks.length === 1 ? checks : [])].map(one => one?.name)
    const message = `the check${name === undefined ? 's' : ` \`${name}\``}: ${error.message}`
    throw new FerryError('SQL_INVALID', message, { hint: error.hint, cause: error })
  }
}

interface Measured {
  readonly count: number
  readonly measured: Value
  readonly found: Value
}

function judge(check: Check, { count, measured, found }: Measured): CheckResult {
  const { name, severity } = check
  const result = (failing: number | null, passed: boolean, what: string): CheckResult => ({
    name,
    severity,
    passed,
    failing_rows: failing,
    found: passed ? '' : what,
  })
  if (check.kind === 'row_count') {
    const { min = 0, max = Infinity } = check
    return result(null, count >= min && count <= max, `${count} rows`)
  }
  const broken = Number(measured)
  if (check.kind === 'freshness') {
    const newest = found === null ? 'no value at all' : `the newest is ${found}`
    return result(null, broken === 0, newest)
  }
  return result(broken, broken === 0, `${broken} of ${count} rows`)
}

/** The first rows that break a check, one a line, for people. */
async function offendersOf({ offenders }: CheckSql, session: Session): Promise<string[]> {
  if (offenders === undefined) return []
  const result = await session.query(`${offenders}\nLIMIT ${OFFENDERS_SHOWN}`)
  const lines: string[] = []
  for await (const rows of result.batches) {
    for (const row of rows) lines.push(rowText(result.columns, row))
  }
  return lines
}

function rowText(columns: readonly Column[], row: Row): string {
  const cells = columns.map(({ name }, index) => {
    const value = String(row[index] ?? 'NULL').replace(/\s+/g, ' ')
    const short = value.length > VALUE_CHARACTERS ? `${value.slice(0, VALUE_CHARACTERS)}...` : value
    return `${name === 'ferry_rows' ? 'rows' : name}=${short}`
  })
  return cells.join(', ')
}

/**
 * Throws when a check of severity error failed; then the model must not be published.
 * @throws FailedChecks
 */
export function refuseFailedChecks(model: string, results: readonly CheckResult[]): void {
  const failed = results.filter(one => !one.passed && one.severity === 'error')
  if (failed.length === 0) return
  const lines = [
    `\`${model}\` was not published: ${failed.length} of ${results.length} checks failed`,
    ...failed.flatMap(one => [`${one.name}: ${one.found.split('\n')[0]}`, ...examplesOf(one)]),
  ]
  throw new FailedChecks(lines.join('\n'), results)
}

/** Checks that failed with severity warn, each with what it found. */
export function checkWarnings(model: string, results: readonly CheckResult[]): string[] {
  return results
    .filter(one => !one.passed && one.severity === 'warn')
    .map(one =>
      [`${model}: ${one.name}: ${one.found.split('\n')[0]}`, ...examplesOf(one)].join('\n'),
    )
}

const examplesOf = (one: CheckResult): string[] =>
  one.found
    .split('\n')
    .slice(1)
    .map(line => `  ${line}`)
