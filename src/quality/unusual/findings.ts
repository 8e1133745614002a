import type { Counts } from '../../formats/counts.ts'
import type { ModelFailure, ModelReceipt } from '../../formats/model-receipt.ts'
import type { CountSeries, Finding } from '../../formats/quality.ts'
import type { BrokenResult, NightSteps } from '../../formats/results-digest.ts'

/** So many series that are low at once have one cause: the night, not the sources. */
const COMMON_SERIES = 4
const COMMON_SHARE = 0.6
/** Of the last seven nights, as many must have had counts for their absence to be news. */
const REGULAR_NIGHTS = 3

/** What series have on the night in question that they should not have. */
export function unusualCounts(series: readonly CountSeries[], date: string): Finding[] {
  const tonight = series.filter(({ nights }) => nights.at(-1)?.date === date)
  const unusual = tonight.filter(({ nights }) => nights.at(-1)?.isUnusual === true)
  const low = unusual.filter(one => rowsTonight(one) < (one.expected?.low ?? 0))
  const isCommon = low.length >= COMMON_SERIES && low.length >= COMMON_SHARE * tonight.length
  const findings: Finding[] = unusual
    .filter(one => !(isCommon && low.includes(one)))
    .map(one => ({
      severity: 'warn',
      kind: 'rows',
      about: `${one.step}/${one.name}`,
      found: `${number(rowsTonight(one))} rows, where ${number(one.expected?.low ?? 0)} to ${number(one.expected?.high ?? 0)} were to be expected`,
    }))
  if (!isCommon) return findings
  const found = `${low.length} of ${tonight.length} sources have fewer rows than usual: a holiday? \`quality.holidays\` in ferry.yaml names them`
  return [{ severity: 'warn', kind: 'rows', about: 'night', found }, ...findings]
}

const rowsTonight = ({ nights }: CountSeries): number => nights.at(-1)?.rows ?? 0

/** Steps that counted something on most of the nights before, and nothing on this one. */
export function missingCounts(nights: readonly NightSteps[]): Finding[] {
  const before = nights.slice(-8, -1)
  const tonight = new Set(nights.at(-1)?.steps.map(aboutOf))
  const times = new Map<string, number>()
  for (const about of before.flatMap(({ steps }) => steps.map(aboutOf))) {
    times.set(about, (times.get(about) ?? 0) + 1)
  }
  return [...times]
    .filter(([about, count]) => count >= REGULAR_NIGHTS && !tonight.has(about))
    .map(([about, count]): Finding => {
      const found = `it did not end this night, as it did in ${count} of the last ${before.length}`
      return { severity: 'error', kind: 'missing', about, found }
    })
    .sort((a, b) => (a.about < b.about ? -1 : 1))
}

const aboutOf = ({ step, name }: Pick<Counts, 'name'> & { step: string }): string =>
  `${step}/${name}`

/** Anybody may send anything to a collector: a little of it is always refused. */
const bearableShare = (step: Counts['step']): number => (step === 'receive' ? 0.01 : 0)

/** What could not be read: of the night itself it is missing, of nights before it is missed in comparisons. */
export function brokenFindings(broken: readonly BrokenResult[], isTonight: boolean): Finding[] {
  return broken.map(({ file, problem }) => ({
    severity: isTonight ? 'error' : 'warn',
    kind: 'broken',
    about: file,
    found: `${problem}; it is left out`,
  }))
}

/** What is wrong or worth knowing in the counts of one step. */
export function countFindings(one: Counts): Finding[] {
  const about = aboutOf(one)
  const { rows, compared, events } = one
  const findings: Finding[] = []
  if (rows.in !== rows.out + rows.filtered + rows.rejected) {
    const found = `${number(rows.in)} rows in, and ${number(rows.out)} out + ${number(rows.filtered)} filtered + ${number(rows.rejected)} rejected`
    findings.push({ severity: 'error', kind: 'sum', about, found })
  }
  if (rows.rejected > rows.in * bearableShare(one.step)) {
    const found = `${number(rows.rejected)} of ${number(rows.in)} rows were rejected`
    findings.push({ severity: 'warn', kind: 'rejected', about, found })
  }
  if (compared !== undefined) {
    const differences = compared.missing + compared.surplus + compared.different
    if (differences > compared.repaired) {
      const found = `the warehouse differs from the source: ${number(compared.missing)} rows missing, ${number(compared.surplus)} too many, ${number(compared.different)} different`
      findings.push({ severity: 'error', kind: 'comparison', about, found })
    } else if (differences > 0) {
      const found = `${number(differences)} rows differed from the source and were repaired`
      findings.push({ severity: 'warn', kind: 'comparison', about, found })
    }
  }
  if (events !== undefined && events.gaps > 0) {
    const found = `${number(events.gaps)} numbers of sessions never came`
    findings.push({ severity: 'warn', kind: 'events', about, found })
  }
  return findings
}

/** Checks of models that found something; of a model that failed, why. */
export function modelFindings(model: ModelReceipt | ModelFailure): Finding[] {
  const about = `model/${model.model}`
  const checks = model.checks
    .filter(({ passed }) => !passed)
    .map((check): Finding => {
      const { severity, name, found } = check
      return { severity, kind: 'check', about, found: `${name}: ${found}` }
    })
  if (model.state !== 'failed' || checks.length > 0) return checks
  // The log has the rest: where it stands, and what could have been meant.
  const [found = ''] = model.error.message.split('\n')
  return [{ severity: 'error', kind: 'check', about, found }]
}

/** `1,234,567`. */
const number = (value: number): string => value.toLocaleString('en-US')
