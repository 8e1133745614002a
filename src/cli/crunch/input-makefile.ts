import { join, relative } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { prepare } from '../../cruncher/prepare.ts'
import { crunchInput } from '../../cruncher/crunch-input.ts'
import { readReceipt, receiptPath } from '../../cruncher/receipt.ts'
import type { CommandContext } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { findProject } from '../project.ts'
import { planOf, readCrunchConfig, withDate } from './crunch-plan.ts'
import { listInputs } from './list-inputs.ts'
import { type CrunchArguments, openState } from './run-crunch.ts'

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
  const targets = inputs.map(input => ({
    target: relative(project, receiptPath(state, input)),
    name: input.name,
  }))
  const lines = ['# Written by `ferry crunch makefile`.', 'include .ferry/rules.mk', '']
  lines.push('.PHONY: crunch-inputs', `crunch-inputs: ${targets.map(one => one.target).join(' ')}`)
  for (const [at, { target, name }] of targets.entries()) {
    const input = inputs[at]
    // What was made of an older file, or with another configuration, is made again.
    const isMade = input !== undefined && (await readReceipt(state, input, plan.hash)) !== undefined
    const force = isMade ? '' : ' FORCE-CRUNCH'
    lines.push(`${target}:${force}`, `\tferry crunch input ${shellWord(name)} --date ${date}`)
  }
  context.stdout.write(`${[...lines, '.PHONY: FORCE-CRUNCH', 'FORCE-CRUNCH:'].join('\n')}\n`)
  return 0
}

/** In single quotes for the shell, with `$` doubled for make. */
const shellWord = (text: string): string =>
  `'${text.replaceAll("'", String.raw`'\''`).replaceAll('$', '$$$$')}'`

/**
 * `ferry crunch input FILE`: crunches one input to its receipt. A damaged input is told by the account
 * of the night. @throws FerryError as crunchInput does
 */
export async function crunchOne(
  names: readonly string[],
  options: CrunchArguments,
  context: CommandContext,
): Promise<number> {
  const { environment, signal, logger } = context
  const config = await readCrunchConfig(context)
  const date = await resolveLogicalDate(options.date, context)
  await using state = await openState(options.state, date, context)
  const plan = await planOf(config, state.directory, date, context)
  for (const input of await listInputs(names, context)) {
    const done = await readReceipt(state.directory, input, plan.hash)
    if (done !== undefined) continue
    await crunchInput(input, plan, prepare(plan), { environment, signal, logger })
  }
  return 0
}
