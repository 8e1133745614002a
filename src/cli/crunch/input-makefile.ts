import { join, relative } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { crunch } from '../../cruncher/crunch.ts'
import { readReceipt, receiptPath } from '../../cruncher/receipt.ts'
import type { CommandContext } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { findProject } from '../project.ts'
import { planOf, readCrunchConfig, withDate } from './crunch-plan.ts'
import { listInputs } from './list-inputs.ts'
import { type CrunchArguments, crunchOptions, openState } from './run-crunch.ts'

/**
 * `ferry crunch makefile`: prints a makefile that has a target for each input of the configuration, its
 * receipt. @throws FerryError USAGE outside of a project; INPUT_MISSING
 */
export async function printMakefile(
  options: CrunchArguments,
  context: CommandContext,
): Promise<number> {
  const project = findProject(context.directory)
  if (project === undefined) {
    throw new FerryError('USAGE', '`ferry crunch makefile` is for projects', {
      hint: 'outside of one, `ferry crunch INPUT...` does all inputs itself',
    })
  }
  const config = await readCrunchConfig(context)
  const date = await resolveLogicalDate(options.date, context)
  const inputs = await listInputs(
    config.inputs.map(text => withDate(text, date)),
    context,
  )
  const state = join(project, 'intermediate', date, 'crunch')
  const plan = await planOf(config, state, date, context)
  const targets: string[] = []
  const rules: string[] = []
  for (const input of inputs) {
    const target = relative(project, receiptPath(state, input))
    targets.push(target)
    // What was made of an older file, or with another configuration, is made again.
    const isMade = (await readReceipt(state, input, plan.hash)) !== undefined
    rules.push(`${target}:${isMade ? '' : ' FORCE-CRUNCH'}`)
    rules.push(`\tferry crunch input ${shellWord(input.name)} --date ${date}`)
  }
  const lines = [
    '# Written by `ferry crunch makefile`.',
    'include .ferry/rules.mk',
    '',
    '.PHONY: crunch-inputs FORCE-CRUNCH',
    `crunch-inputs: ${targets.join(' ')}`,
    'FORCE-CRUNCH:',
    ...rules,
  ]
  context.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

/** In single quotes for the shell, with `$` doubled for make. */
const shellWord = (text: string): string =>
  `'${text.replaceAll("'", String.raw`'\''`).replaceAll('$', '$$$$')}'`

/**
 * `ferry crunch input FILE`: crunches one input to its receipt, unless it is there. A damaged input is told by the account
 * of the night. @throws FerryError as crunchInput does
 */
export async function crunchOne(
  names: readonly string[],
  options: CrunchArguments,
  context: CommandContext,
): Promise<number> {
  const config = await readCrunchConfig(context)
  const date = await resolveLogicalDate(options.date, context)
  await using state = await openState(options.state, date, context)
  const plan = await planOf(config, state.directory, date, context)
  await crunch(await listInputs(names, context), plan, crunchOptions(1, context))
  return 0
}
