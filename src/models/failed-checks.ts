import { FerryError } from '../core/errors.ts'
import type { CheckResult } from '../formats/model-receipt.ts'

/** The failure of a model's checks, with the results of all of them. */
export class FailedChecks extends FerryError {
  readonly checks: readonly CheckResult[]

  constructor(message: string, checks: readonly CheckResult[]) {
    const failed = checks.filter(one => !one.passed && one.severity === 'error')
    super('CHECK_FAILED', message, { details: { checks: failed.map(one => one.name) } })
    this.checks = checks
  }
}
