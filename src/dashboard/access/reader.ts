/** Who asks. */
export interface Reader {
  /** Undefined where no login is asked for. */
  readonly name: string | undefined
  /** Must come back with everything that changes something. */
  readonly csrfToken: string
}
