import { FerryError } from '../../core/errors.ts'
import type { RouteFile, ValuePath } from './route-file.ts'
import type { RouteRule } from './route-rule.ts'

/** A rule, and where it was written. */
export interface LocatedRule {
  readonly rule: RouteRule
  readonly file: RouteFile
  readonly path: ValuePath
}

/** What is wrong in files of routes; all of it is told at once. */
export class RouteFindings {
  readonly #messages: string[] = []

  add(file: RouteFile, path: ValuePath, message: string): void {
    this.#messages.push(`${file.place(path)}: ${message}`)
  }

  /** @throws FerryError CONFIG_INVALID when there is something. */
  throwIfAny(): void {
    if (this.#messages.length > 0) throw new FerryError('CONFIG_INVALID', this.#messages.join('\n'))
  }
}
