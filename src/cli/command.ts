import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/logger.ts'

/** What a command may touch: nothing global, only this. */
export interface CommandContext {
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Aborted on SIGINT and SIGTERM; `reason` is a FerryError INTERRUPTED or TERMINATED. */
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly logger: Logger
  /** Every command that a user may call; loads all of them. */
  readonly allCommands: () => Promise<readonly Command[]>
}

type OptionKind =
  | { readonly kind: 'flag'; readonly type?: boolean }
  | { readonly kind: 'text'; readonly value: string; readonly type?: string | undefined }
  | { readonly kind: 'list'; readonly value: string; readonly type?: readonly string[] }
  | { readonly kind: 'integer'; readonly value: string; readonly type?: number | undefined }

/** A long option; its name is the key in `options`, in kebab-case (`max-rows`). */
export type Option = OptionKind & {
  readonly description: string
  readonly short?: string
  readonly choices?: readonly string[]
  readonly hidden?: boolean
}

type Short = {
  readonly short?: string
  readonly choices?: readonly string[]
  readonly hidden?: boolean
}

export const flag = (description: string, more: Short = {}) =>
  ({ kind: 'flag', description, ...more }) as const
export const text = (value: string, description: string, more: Short = {}) =>
  ({ kind: 'text', value, description, ...more }) as const
/** May be given more than once. */
export const list = (value: string, description: string, more: Short = {}) =>
  ({ kind: 'list', value, description, ...more }) as const
export const integer = (value: string, description: string, more: Short = {}) =>
  ({ kind: 'integer', value, description, ...more }) as const

type ValueOf<O extends Option> = O extends { kind: 'flag' }
  ? boolean
  : O extends { kind: 'list' }
    ? readonly string[]
    : O extends { kind: 'integer' }
      ? number | undefined
      : string | undefined

export interface Argument {
  readonly name: string
  readonly description: string
  readonly required?: boolean
  readonly variadic?: boolean
}

export interface Invocation<Options extends Record<string, Option>> {
  readonly args: readonly string[]
  readonly options: { readonly [Name in keyof Options]: ValueOf<Options[Name]> }
  readonly context: CommandContext
}

export interface Command<Options extends Record<string, Option> = Record<string, Option>> {
  readonly name: string
  readonly summary: string
  /** A paragraph or two for `--help`. */
  readonly description?: string
  readonly arguments?: readonly Argument[]
  readonly options: Options
  /** Shown in `--help`; each is a command line. */
  readonly examples: readonly string[]
  /** Options after the first operand belong to the operand (`ferry at RULE -- COMMAND`). */
  readonly passThrough?: boolean
  /** Returns the exit code, or throws. */
  run(invocation: Invocation<Options>): Promise<number>
}

/** Declares a command; flags, help, completion and checks come from the declaration. */
export function defineCommand<const Options extends Record<string, Option>>(
  command: Command<Options>,
): Command<Options> {
  return command
}
