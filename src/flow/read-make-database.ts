import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { FerryError, systemErrorCode } from '../core/errors.ts'
import { type MakeDatabase, parseMakeDatabase } from './make-database.ts'

export interface ReadMakeDatabaseOptions {
  /** The project directory, where the makefile is. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** As on make's command line: TODAY=2026-03-01. */
  readonly variables?: Readonly<Record<string, string>>
  /** The goals; none means the makefile's default goal. Pattern rules are resolved for these only. */
  readonly targets: readonly string[]
  /** More of make's own options. */
  readonly more?: readonly string[]
  readonly signal: AbortSignal
}

export interface MakeAnswer {
  /** What `make -pn --trace` prints: the commands it would run, then its database. */
  readonly output: string
  /** What make complained about, without `make: `. */
  readonly complaints: readonly string[]
}

/**
 * Two things make `make -pn` run recipes all the same: lines with `+` or `$(MAKE)`, and makefiles
 * that are out of date. So every recipe gets the variable FERRY_PROBE, and the shell ends at once
 * when it sees it; `$(shell ...)`, which the makefile may need to be read, does not get it. bash,
 * not sh, as make starts simple commands itself when the shell is /bin/sh.
 */
const TOUCH_NOTHING = [
  '--eval=%: export FERRY_PROBE := 1',
  'SHELL=/bin/bash',
  `.SHELLFLAGS=-c '[ -n "$$FERRY_PROBE" ] && exit 0; eval "$$1"' probe`,
]

/**
 * Asks make what it knows, and what it would make now. Runs no recipe and changes no file or time
 * stamp, whatever the makefile says (but `$(shell ...)` runs, as in any call of make).
 * @throws FerryError CONFIG_INVALID when make cannot read the makefile, TOOL_MISSING without make
 */
export async function readMakeDatabase(options: ReadMakeDatabaseOptions): Promise<MakeDatabase> {
  const { output, complaints } = await askMake(options)
  return parseMakeDatabase(output, complaints)
}

/** Like readMakeDatabase, as make prints it. */
export async function askMake(options: ReadMakeDatabaseOptions): Promise<MakeAnswer> {
  const variables = Object.entries(options.variables ?? {}).map(
    ([name, value]) => `${name}=${value}`,
  )
  const child = spawn(
    'make',
    [
      '-npk',
      '--trace',
      '--no-print-directory',
      ...TOUCH_NOTHING,
      ...(options.more ?? []),
      ...variables,
      '--',
      ...options.targets,
    ],
    {
      cwd: options.directory,
      env: makeEnvironment(options.environment),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.signal,
    },
  )
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
  try {
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), ended])
    const complaints = errors.split('\n').filter(Boolean)
    if (
      complaints.some(line => /Stop\.$|: Failed to remake makefile/.test(line)) ||
      !output.includes('\n# Files\n')
    ) {
      throw new FerryError(
        'CONFIG_INVALID',
        `make cannot read the makefile\n${complaints.join('\n')}`,
        {
          hint: complaints.some(line => line.includes('.ferry/rules.mk'))
            ? 'write the rules first: ferry rules'
            : 'correct the line that make names',
        },
      )
    }
    return {
      output,
      complaints: complaints.map(line => line.replace(/^make(?:\[\d+\])?: (?:\*\*\* )?/, '')),
    }
  } catch (error) {
    throw makeMissing(error)
  }
}

/** The environment for a make that is nobody's child: no flags of an outer make, English messages. */
export function makeEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const { MAKEFLAGS, MFLAGS, MAKELEVEL, MAKEOVERRIDES, GNUMAKEFLAGS, ...rest } = environment
  void [MAKEFLAGS, MFLAGS, MAKELEVEL, MAKEOVERRIDES, GNUMAKEFLAGS]
  return { ...rest, LANGUAGE: 'en' }
}

/** A system error of starting make as the error that says how to get it. */
export function makeMissing(error: unknown): unknown {
  if (systemErrorCode(error) !== 'ENOENT') return error
  return new FerryError('TOOL_MISSING', 'GNU `make` is not installed', {
    hint: 'install it, for example: apt-get install make',
    cause: error,
  })
}
