import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readIfPresent } from '../../core/atomic-write.ts'
import { FerryError } from '../../core/errors.ts'
import { type MakeTarget, type MakeVariable, parseMakeDatabase } from '../make-database.ts'
import { askMake, type MakeAnswer } from '../read-make-database.ts'
import { parseCommands } from './make-commands.ts'
import { type PatternRule, parsePatternRules } from './pattern-rules.ts'

/** What make knows of a project, and every command it would run. */
export interface MakeView {
  /** As resolved: pattern rules found, prerequisites of a cycle that make drops put back. */
  readonly targets: ReadonlyMap<string, MakeTarget>
  /** Those that a makefile names, not those that only a pattern rule makes. */
  readonly explicit: ReadonlySet<string>
  readonly patterns: readonly PatternRule[]
  readonly variables: ReadonlyMap<string, MakeVariable>
  readonly makefiles: readonly string[]
  readonly defaultGoal: string | undefined
  /** By target, as the shell would get them. */
  readonly commands: ReadonlyMap<string, readonly string[]>
  readonly complaints: readonly string[]
  /** Lines of the makefiles, for finding places. */
  readonly lines: ReadonlyMap<string, readonly string[]>
}

export interface MakeViewOptions {
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly variables: Readonly<Record<string, string>>
  /** Goals beyond those that the makefiles name. */
  readonly goals: readonly string[]
  /** The text of .ferry/rules.mk as it should be; undefined: take the file as it is. */
  readonly rulesText: string | undefined
  readonly signal: AbortSignal
}

/** What Ferry writes: .ferry/rules.mk and what that includes. */
export const OWN_FOLDER = '.ferry/'
export const RULES_FILE = `${OWN_FOLDER}rules.mk`
/** Included by the rules: its time stamp is when they were last looked at. */
const FRESH_FILE = `${OWN_FOLDER}fresh.mk`
/** Bytes of goals in one call: the system's limit is 2 MB for all, 128 kB for one. */
const MAX_GOAL_BYTES = 400_000
/**
 * A recipe's own `$(shell ...)` is run when make prints the recipe. Here it runs `true` instead,
 * and so does every line that make runs in spite of `-n`.
 */
const NO_SHELL = '--eval=%: override SHELL := /bin/true'
const NOTHING = ['--eval=.ferry-lint: ;', NO_SHELL]

/**
 * Asks make twice: for what the makefiles say, then, with every target as a goal and all of them
 * out of date (`-B`), for what it would run. The project is not touched.
 */
export async function readMakeView(options: MakeViewOptions): Promise<MakeView> {
  const rules = await currentRules(options)
  try {
    const variables = { ...options.variables, FERRY_PROJECT: options.directory }
    const ask = async (targets: readonly string[], own: readonly string[]) => {
      const more = [...rules.arguments, ...own]
      return rules.rename(await askMake({ ...options, variables, targets, more }))
    }
    const said = await ask(['.ferry-lint'], NOTHING)
    const first = parseMakeDatabase(said.output, said.complaints)
    const explicit = [...first.targets.values()].filter(isNamed).map(target => target.name)
    const goals = [...new Set([...explicit, ...options.goals])].filter(
      name => !name.startsWith(OWN_FOLDER),
    )
    const targets = new Map(first.targets)
    const commands = new Map<string, readonly string[]>()
    const complaints = new Set(said.complaints)
    for (const batch of batches(goals)) {
      const resolved = await ask(batch, ['-B', NO_SHELL])
      for (const one of parseMakeDatabase(resolved.output, []).targets.values()) {
        targets.set(one.name, joined(targets.get(one.name), one))
      }
      for (const [name, lines] of parseCommands(resolved.output)) commands.set(name, lines)
      for (const complaint of resolved.complaints) complaints.add(complaint)
    }
    targets.delete('.ferry-lint')
    const goal = first.variables.get('.DEFAULT_GOAL')?.value
    return {
      targets,
      explicit: new Set(explicit),
      patterns: parsePatternRules(said.output),
      variables: first.variables,
      makefiles: first.makefiles,
      defaultGoal: goal === '' ? undefined : goal,
      commands,
      complaints: [...complaints],
      lines: await readLines(options.directory, first.makefiles, rules.text),
    }
  } finally {
    await rules.remove()
  }
}

/** A target that a person may mean: not `.PHONY` and its like. */
const isNamed = (target: MakeTarget): boolean =>
  target.isTarget && (!target.name.startsWith('.') || target.name.includes('/'))

/** make drops the prerequisites that close a cycle when it looks at them: the first look has all. */
function joined(before: MakeTarget | undefined, now: MakeTarget): MakeTarget {
  if (before === undefined) return now
  return {
    ...now,
    prerequisites: [...new Set([...before.prerequisites, ...now.prerequisites])],
    orderOnly: [...new Set([...before.orderOnly, ...now.orderOnly])],
  }
}

function* batches(names: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = []
  let bytes = 0
  for (const name of names) {
    batch.push(name)
    bytes += Buffer.byteLength(name) + 9
    if (bytes > MAX_GOAL_BYTES) {
      yield batch
      batch = []
      bytes = 0
    }
  }
  if (batch.length > 0) yield batch
}

interface CurrentRules {
  /** Options that make make read the rules as they should be. */
  readonly arguments: readonly string[]
  readonly text: string | undefined
  rename(answer: MakeAnswer): MakeAnswer
  remove(): Promise<void>
}

/**
 * When the rules on disk are missing or old, make reads a copy of the makefile, outside the
 * project, that names a file with the right rules instead.
 */
async function currentRules(options: MakeViewOptions): Promise<CurrentRules> {
  const { directory, rulesText } = options
  const onDisk = await readIfPresent(join(directory, RULES_FILE))
  const asTheyAre: CurrentRules = {
    arguments: [],
    text: onDisk,
    rename: answer => answer,
    remove: async () => {},
  }
  const isWhole = onDisk === rulesText && existsSync(join(directory, FRESH_FILE))
  if (rulesText === undefined || isWhole) return asTheyAre
  const makefile = await mainMakefile(directory)
  const folder = await mkdtemp(join(tmpdir(), 'ferry-lint-'))
  const copy = join(folder, makefile.name)
  const rules = join(folder, 'rules.mk')
  await writeFile(rules, rulesText)
  await writeFile(join(folder, 'fresh.mk'), '')
  await writeFile(copy, makefile.text.replaceAll(RULES_FILE, rules))
  const rename = (text: string): string =>
    text.replaceAll(copy, makefile.name).replaceAll(`${folder}/`, OWN_FOLDER)
  return {
    arguments: ['-f', copy],
    text: rulesText,
    rename: answer => ({
      output: rename(answer.output),
      complaints: answer.complaints.map(rename),
    }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The makefile that make itself would read. */
async function mainMakefile(directory: string): Promise<{ name: string; text: string }> {
  for (const name of ['GNUmakefile', 'makefile', 'Makefile']) {
    const text = await readIfPresent(join(directory, name))
    if (text !== undefined) return { name, text }
  }
  throw new FerryError('INPUT_MISSING', `no \`makefile\` in \`${directory}\``, {
    hint: 'ferry init shows what one looks like',
  })
}

async function readLines(
  directory: string,
  makefiles: readonly string[],
  rules: string | undefined,
): Promise<Map<string, readonly string[]>> {
  const lines = new Map<string, readonly string[]>()
  for (const name of makefiles) {
    const text = name === RULES_FILE ? rules : await readIfPresent(resolve(directory, name))
    lines.set(name, (text ?? '').split('\n'))
  }
  return lines
}
