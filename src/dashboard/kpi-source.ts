/** A model, as the pages show it: where its numbers come from. */
export interface ModelSource {
  readonly name: string
  /** Relative to the project. */
  readonly file: string
  /** Its template, as it stands in the file. */
  readonly sql: string
  /** Models and tables (`production.tasks`) that it reads. */
  readonly reads: readonly string[]
  /** Models that read it. */
  readonly readBy: readonly string[]
}
