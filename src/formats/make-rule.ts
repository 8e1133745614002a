/**
 * What a room tells flow about its make targets: plain data, turned into rules by flow alone.
 * Names are written as they are; flow escapes them for make. `$(TODAY)`, `$(RESULTS)` and the
 * other variables of the preamble may be used in targets and prerequisites.
 */
export interface MakeRule {
  /** One output, or an alias when `phony`. */
  readonly target: string
  /** What must be made before, and makes the target out of date when newer. */
  readonly prerequisites: readonly string[]
  /** What must be there before, whatever its age. */
  readonly orderOnly?: readonly string[]
  /** Recipe lines in make's syntax, each run by the tracking shell. Empty for a mere alias. */
  readonly recipe: readonly string[]
  readonly phony?: boolean
  /** Written with `::`, so that a makefile can add to it. */
  readonly doubleColon?: boolean
  /** Shown as a comment above the rule. */
  readonly description?: string
}
