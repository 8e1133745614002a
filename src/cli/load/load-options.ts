export interface LoadOptions {
  readonly on: string | undefined
  readonly date: string | undefined
  readonly strategy: string | undefined
  readonly key: readonly string[]
  readonly 'max-rejected': string | undefined
  readonly plan: boolean
  readonly json: boolean
}
