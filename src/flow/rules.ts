import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically, writeFileIfChanged } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'
import type { MakeRule } from '../formats/make-rule.ts'
import { escapePrerequisite, escapeTarget, escapeValue } from './make-escape.ts'

/** Relative to the project. */
const RULES_FILE = '.ferry/rules.mk'
const FRESH_FILE = '.ferry/fresh.mk'

export interface RulesInput {
  /** Where Ferry is installed: the folder that holds bin/. */
  readonly home: string
  /** Of the logical date. */
  readonly timeZone: string
  /** The fixed part: preamble.mk, which reads FERRY_HOME, FERRY_TIMEZONE and FERRY_SOURCES. */
  readonly preamble: string
  readonly rules: readonly MakeRule[]
  /** The files that the rules are made from, relative to the project. */
  readonly sources: readonly string[]
  /** The folders that hold them: their time stamps tell that a file came or went. */
  readonly sourceFolders: readonly string[]
}

/** The text of rules.mk. Pure. @throws FerryError CONFIG_INVALID for what make cannot express */
export function renderRules(input: RulesInput): string {
  const rules = input.rules.map(rule => `\n${renderRule(rule)}`)
  return `# Written by \`ferry rules\` from ferry.yaml and the models; remade when they change. Do not edit.
FERRY_HOME := ${escapeValue(input.home)}
FERRY_TIMEZONE := ${escapeValue(input.timeZone)}
FERRY_SOURCES := ${[...input.sources.map(escapeSource), ...input.sourceFolders.map(escapeFolder)].join(' ')}

${input.preamble.trim()}
${rules.join('')}`
}

/** The preamble makes the sources targets too, so a name must be the same on both sides. */
function escapeSource(name: string): string {
  if (name.includes('%')) {
    throw new FerryError(
      'CONFIG_INVALID',
      `make cannot hold the name \`${name}\`: it holds \`%\``,
      {
        hint: 'choose another name for the file',
      },
    )
  }
  return escapePrerequisite(name)
}

/**
 * `models/.` and not `models`, which is the name of a target. A folder that may not be there yet is
 * left to make to look for; with a blank in its name make could not.
 */
function escapeFolder(name: string): string {
  const folder = `${name}/.`
  return /^[\w./-]+$/.test(folder) ? `$(wildcard ${folder})` : escapeSource(folder)
}

/**
 * Writes rules.mk whole or not at all, and leaves an equal one as it is. \`fresh.mk\` beside it
 * bears the time of `readAt`, when its sources began to be read: a source that changes meanwhile is
 * newer, and make calls again. Returns whether the rules changed.
 */
export async function writeRules(
  directory: string,
  input: RulesInput,
  readAt: Date,
): Promise<boolean> {
  const text = renderRules(input)
  const changed = await writeFileIfChanged(join(directory, RULES_FILE), text)
  const fresh = join(directory, FRESH_FILE)
  await writeFileAtomically(
    fresh,
    '# The time of this file: when Ferry last looked at the sources.\n',
  )
  const seconds = (readAt.getTime() + 1) / 1_000
  await utimes(fresh, seconds, seconds)
  return changed
}

function renderRule(rule: MakeRule): string {
  const target = escapeTarget(rule.target)
  const needs = rule.prerequisites.map(name => escapePrerequisite(name))
  const orderOnly = (rule.orderOnly ?? []).map(name => escapePrerequisite(name))
  if ([...needs, ...orderOnly].includes('|')) throw new FerryError('BUG', 'a bare `|` in a rule')
  const lines = [
    ...(rule.description === undefined
      ? []
      : [`# ${rule.description.replace(/\\?\s*\n\s*/g, ' ')}`]),
    ...(rule.phony === true ? [`.PHONY: ${escapePrerequisite(rule.target)}`] : []),
    [
      `${target}:${rule.doubleColon === true ? ':' : ''}`,
      ...needs,
      ...(orderOnly.length === 0 ? [] : ['|', ...orderOnly]),
    ].join(' '),
    ...rule.recipe.map(line => `\t${checkRecipeLine(line, rule.target)}`),
  ]
  return `${lines.join('\n')}\n`
}

function checkRecipeLine(line: string, target: string): string {
  if (!/(^|[^\\])\n|[\0\r]|\\$/.test(line)) return line
  throw new FerryError('CONFIG_INVALID', `a recipe line of \`${target}\` breaks off: \`${line}\``)
}
