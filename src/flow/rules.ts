import { stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresent, writeFileIfChanged } from '../core/atomic-write.ts'
import { FerryError, systemErrorCode } from '../core/errors.ts'
import type { MakeRule } from '../formats/make-rule.ts'
import { escapePrerequisite, escapeTarget, escapeValue } from './make-escape.ts'

/** Relative to the project. */
export const RULES_FILE = '.ferry/rules.mk'

export interface RulesInput {
  /** `NAME := value` lines that the preamble reads. */
  readonly variables: Readonly<Record<string, string>>
  /** The fixed part, as it stands in preamble.mk. */
  readonly preamble: string
  readonly rules: readonly MakeRule[]
  /**
   * What the rules were made from, relative to the project: files, and the folders that hold them
   * (a folder's time stamp tells that a file came or went). Those that are gone do no harm.
   */
  readonly sources: readonly string[]
}

/** The text of rules.mk. Pure. @throws FerryError CONFIG_INVALID for what make cannot express */
export function renderRules(input: RulesInput): string {
  const variables = Object.entries(input.variables).map(
    ([name, value]) => `${name} := ${escapeValue(value)}`,
  )
  const sources = input.sources.map(name => escapePrerequisite(name))
  return `# Written by \`ferry rules\` from ferry.yaml and the models; remade when they change. Do not edit.
${variables.join('\n')}

${input.preamble.trim()}

# make remakes this file, once a run, when one of these is newer. What is gone is left out.
ifndef MAKE_RESTARTS
${RULES_FILE}: $(wildcard ${sources.join(' ')})
${RULES_FILE}: private SHELL := /bin/bash
endif
${input.rules.map(rule => `\n${renderRule(rule)}`).join('')}`
}

function renderRule(rule: MakeRule): string {
  const target = escapeTarget(rule.target)
  const needs = rule.prerequisites.map(name => escapePrerequisite(name))
  const orderOnly = (rule.orderOnly ?? []).map(name => escapePrerequisite(name))
  if ([...needs, ...orderOnly].includes('|')) throw new FerryError('BUG', 'a bare `|` in a rule')
  const lines = [
    ...(rule.description === undefined ? [] : [`# ${rule.description.replace(/\\?\s*\n\s*/g, ' ')}`]),
    ...(rule.phony === true ? [`.PHONY: ${escapePrerequisite(rule.target)}`] : []),
    [`${target}:`, ...needs, ...(orderOnly.length === 0 ? [] : ['|', ...orderOnly])].join(' '),
    ...rule.recipe.map(line => `\t${checkRecipeLine(line, rule.target)}`),
  ]
  return `${lines.join('\n')}\n`
}

function checkRecipeLine(line: string, target: string): string {
  if (!/(^|[^\\])\n|[\0\r]|\\$/.test(line)) return line
  throw new FerryError('CONFIG_INVALID', `a recipe line of \`${target}\` breaks off: \`${line}\``)
}

/**
 * Writes rules.mk whole or not at all, and leaves an equal one as it is. Its time stamp is that of
 * `readAt`, when its sources began to be read: a source that changes meanwhile is newer, and make
 * calls again. Returns whether the content changed.
 */
export async function writeRules(
  directory: string,
  input: RulesInput,
  readAt: Date,
): Promise<boolean> {
  const path = join(directory, RULES_FILE)
  const changed = await writeFileIfChanged(path, renderRules(input))
  // A source stamped in the future must not make every make call us.
  const newest = await Promise.all(input.sources.map(name => modifiedMs(join(directory, name))))
  const seconds = Math.max(readAt.getTime() + 1, ...newest.map(Math.ceil)) / 1_000
  await utimes(path, seconds, seconds)
  return changed
}

/** The rules as they stand, or undefined before the first `ferry rules`. */
export const readRules = (directory: string): Promise<string | undefined> =>
  readIfPresent(join(directory, RULES_FILE))

async function modifiedMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0
    throw error
  }
}
