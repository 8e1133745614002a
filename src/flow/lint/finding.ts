/** Every rule of `ferry lint` and how bad a breach is. The names are stable: people allow by name. */
export const LINT_RULES = {
  'broken-model': 'error',
  'broken-template': 'error',
  'broken-variables': 'error',
  'dependency-cycle': 'error',
  'direct-output': 'warning',
  'double-colon': 'warning',
  'two-writers': 'error',
  'undefined-variable': 'error',
  'unknown-reference': 'error',
  'unreachable-target': 'warning',
  'unused-file': 'warning',
  'unused-variable': 'warning',
} as const satisfies Record<string, 'error' | 'warning'>

export type LintRule = keyof typeof LINT_RULES

export interface Place {
  /** Relative to the project. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

export interface Finding extends Place {
  readonly severity: 'error' | 'warning'
  readonly rule: LintRule
  readonly message: string
}

export function finding(rule: LintRule, place: Place, message: string): Finding {
  return { file: place.file, line: place.line, severity: LINT_RULES[rule], rule, message }
}

/** `makefile:12: warning: nothing reaches `x` [unreachable-target]` */
export function formatFinding(one: Finding): string {
  return `${one.file}:${one.line}: ${one.severity}: ${one.message} [${one.rule}]`
}

/** By file and line, each once: many targets of one pattern rule break a rule at one place. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const unique = new Map(findings.map(one => [formatFinding(one), one]))
  return [...unique.values()].sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.message, b.message),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
