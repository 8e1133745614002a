import { FerryError } from '../core/errors.ts'

/** Prints an error once, for people, and returns the exit code that tells its kind. */
export function reportError(error: unknown, stderr: NodeJS.WritableStream): number {
  if (error instanceof FerryError) {
    if (error.details['quiet'] === true) return error.exitCode // the code says all there is to say
    const [first, ...rest] = error.message.split('\n')
    stderr.write(`ferry: error: ${first}\n`)
    for (const line of rest) stderr.write(`  ${line}\n`)
    if (error.hint !== undefined) stderr.write(`  hint: ${error.hint}\n`)
    return error.exitCode
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  stderr.write(`ferry: error: a bug in ferry; please report it with these lines\n${stack}\n`)
  return 70
}
