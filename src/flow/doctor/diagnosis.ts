/** One thing that Ferry needs, looked at. */
export interface Diagnosis {
  readonly state: 'ok' | 'warning' | 'missing'
  readonly what: string
  /** A version, a path, what was said; never a secret. */
  readonly found: string
  /** How to get it; empty when all is well. */
  readonly remedy: string
  /** `service`: another machine's fault, perhaps. */
  readonly kind: 'machine' | 'project' | 'service'
}

export interface Remedy {
  readonly state?: 'warning' | 'missing'
  readonly remedy: string
}

/** An item is fine, or not and then has a remedy. */
export function diagnose(
  kind: Diagnosis['kind'],
  what: string,
  found: string,
  problem?: Remedy,
): Diagnosis {
  if (problem === undefined) return { state: 'ok', what, found, remedy: '', kind }
  return { state: problem.state ?? 'missing', what, found, remedy: problem.remedy, kind }
}

/** 0; 69 when only services are away; 78 when something of this machine or project is missing. */
export function doctorExitCode(diagnoses: readonly Diagnosis[]): number {
  const missing = diagnoses.filter(one => one.state === 'missing')
  if (missing.length === 0) return 0
  return missing.every(one => one.kind === 'service') ? 69 : 78
}

/** Aligned columns: state, what, found, how to get it. */
export function formatDiagnoses(diagnoses: readonly Diagnosis[]): string {
  const width = (of: (one: Diagnosis) => string): number =>
    Math.min(60, Math.max(0, ...diagnoses.map(one => of(one).length)))
  const what = width(one => one.what)
  const found = width(one => one.found)
  return diagnoses
    .map(one =>
      `${one.state.padEnd(7)}  ${one.what.padEnd(what)}  ${one.found.padEnd(found)}  ${one.remedy}`.trimEnd(),
    )
    .map(line => `${line}\n`)
    .join('')
}
