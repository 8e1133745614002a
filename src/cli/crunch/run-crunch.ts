import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { addsUp, type FileAccount, sumAccounts } from '../../cruncher/account.ts'
import { type CrunchConfig, crunchConfig } from '../../cruncher/config.ts'
import { crunch, type CrunchOptions } from '../../cruncher/crunch.ts'
import type { InputFile } from '../../cruncher/input/input-file.ts'
import type { CrunchPlan } from '../../cruncher/plan.ts'
import { reductionsOf } from '../../cruncher/prepare.ts'
import { accountText } from '../../cruncher/print-account.ts'
import {
  type CrunchReceipt,
  forgetReceipts,
  inputsWithRejects,
  namesOfReceipts,
} from '../../cruncher/receipt.ts'
import { mergePartials } from '../../cruncher/reduce/merge-partials.ts'
import { writeResult } from '../../cruncher/reduce/write-result.ts'
import { keepHeapSmall } from '../../objects/small-heap.ts'
import type { CommandContext } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { findProject } from '../project.ts'
import { planOf, readCrunchConfig, withDate } from './crunch-plan.ts'
import { listInputs } from './list-inputs.ts'
import { bytesOf } from './look.ts'
import { writeCrunchCounts } from './write-counts.ts'

export interface CrunchArguments {
  readonly date: string | undefined
  readonly output: string | undefined
  readonly format: string | undefined
  readonly compress: string | undefined
  readonly state: string | undefined
  readonly workers: number | undefined
  readonly json: boolean
}

/**
 * `ferry crunch [INPUT...]`. @throws FerryError DATA_INVALID (damaged inputs, more rejected than may
 * be, an account that does not add up), INPUT_MISSING, and as reading and writing do
 */
export async function runCrunch(
  args: readonly string[],
  options: CrunchArguments,
  context: CommandContext,
): Promise<number> {
  const config = withOptions(await readCrunchConfig(context), options)
  const date = await resolveLogicalDate(options.date, context)
  const patterns = (args.length > 0 ? args : config.inputs).map(text => withDate(text, date))
  if (patterns.length === 0) {
    throw new FerryError('USAGE', 'no input', {
      hint: 'name files, or set `crunch.inputs` in ferry.yaml',
    })
  }
  const inputs = await listInputs(patterns, context)
  await using state = await openState(options.state, date, context)
  const project = args.length > 0 ? undefined : findProject(context.directory)
  const run = { config, date, state: state.directory, json: options.json, project }
  return await crunchInputs(inputs, run, context)
}

/**
 * `ferry crunch replay`: crunches those inputs again that had rejected lines, with the configuration as
 * it is now; what was made of them before is replaced. @throws FerryError as runCrunch
 */
export async function replayCrunch(
  options: CrunchArguments,
  context: CommandContext,
): Promise<number> {
  const config = withOptions(await readCrunchConfig(context), options)
  const date = await resolveLogicalDate(options.date, context)
  await using state = await openState(options.state, date, context)
  const rejected = await inputsWithRejects(state.directory)
  if (rejected.length === 0) {
    context.logger.info('no line was rejected: there is nothing to replay')
    return 0
  }
  await forgetReceipts(state.directory, rejected)
  const patterns = config.inputs.map(text => withDate(text, date))
  const names = await namesOfReceipts(state.directory)
  const inputs = await listInputs([...patterns, ...names, ...rejected], context)
  const project = findProject(context.directory)
  const { directory } = state
  const run = { config, date, state: directory, json: options.json, keepsOthers: true, project }
  return await crunchInputs(inputs, run, context)
}

interface CrunchRun {
  readonly config: CrunchConfig
  readonly date: string
  /** A folder of this machine. */
  readonly state: string
  readonly json: boolean
  /** What was made with another configuration stays. */
  readonly keepsOthers?: boolean
  /** Where the counts go when these are all inputs of the night. */
  readonly project: string | undefined
}

async function crunchInputs(
  inputs: readonly InputFile[],
  { config, date, state, json, keepsOthers = false, project }: CrunchRun,
  context: CommandContext,
): Promise<number> {
  const { stdout, stderr } = context
  const plan = await planOf(config, state, date, context)
  // Buffers of many partitions are small things to V8 that hold much outside of it.
  if (config.partition_by.length > 0) keepHeapSmall()
  let done = 0
  const receipts = await crunch(inputs, plan, {
    keepsOthers,
    onDone: ({ input }) => {
      done++
      if (stderr.isTTY) stderr.write(`\r\u001b[K${done} of ${inputs.length} inputs: ${input.name}`)
    },
    ...crunchOptions(config.workers ?? availableParallelism(), context),
  })
  if (stderr.isTTY) stderr.write('\r\u001b[K')
  await writeResults(receipts, plan, date, context)
  const account = sumAccounts(receipts.map(receipt => receipt.account))
  if (project !== undefined) await writeCrunchCounts(project, account, date, new Date())
  stdout.write(json ? `${JSON.stringify(account)}\n` : accountText(account, receipts.length))
  assertSound(account, receipts, config)
  return 0
}

/** What crunching needs of a command. */
export function crunchOptions(
  workers: number,
  { environment, logger, signal, stdin }: CommandContext,
): CrunchOptions {
  const workerFile = new URL('./crunch-worker.js', import.meta.url)
  return { workers, workerFile, stdin: bytesOf(stdin), environment, signal, logger }
}

/** What the command line says in place of ferry.yaml. */
function withOptions(config: CrunchConfig, options: CrunchArguments): CrunchConfig {
  const { output, format, compress, workers } = options
  const given = Object.entries({ output, format, compress, workers })
  const changes = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  const parsed = crunchConfig.partial().safeParse(changes)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new FerryError('USAGE', `--${issue?.path.join('.')}: ${issue?.message}`)
  }
  const names = Object.keys(changes)
  const taken = Object.entries(parsed.data).filter(([name]) => names.includes(name))
  return { ...config, ...Object.fromEntries(taken) }
}

export interface State extends AsyncDisposable {
  readonly directory: string
}

/** In a project, what was done stays; elsewhere it is for this run only, unless a folder is named. */
export async function openState(
  given: string | undefined,
  date: string,
  { directory }: CommandContext,
): Promise<State> {
  const project = findProject(directory)
  const kept =
    given === undefined
      ? project && join(project, 'intermediate', date, 'crunch')
      : resolve(directory, given)
  if (kept !== undefined) return { directory: kept, [Symbol.asyncDispose]: async () => {} }
  const temporary = await mkdtemp(join(tmpdir(), 'ferry-crunch-'))
  return {
    directory: temporary,
    [Symbol.asyncDispose]: () => rm(temporary, { recursive: true, force: true }),
  }
}

/** Merges what all inputs have of each aggregate, and writes it. */
export async function writeResults(
  receipts: readonly CrunchReceipt[],
  plan: CrunchPlan,
  date: string,
  context: CommandContext,
): Promise<void> {
  const { config, stateDirectory } = plan
  const base = findProject(context.directory) ?? context.directory
  for (const reduction of reductionsOf(plan)) {
    const partials = receipts.flatMap(({ partials: all }) => {
      const path = all[reduction.name]
      return path === undefined ? [] : [join(stateDirectory, path)]
    })
    const directory = join(stateDirectory, 'spill')
    const rows = mergePartials(reduction, partials, { directory, signal: context.signal })
    const folder = resolve(base, withDate(config.results, date))
    const path = join(folder, `${reduction.name}.csv`)
    await writeResult(path, reduction.columns, rows, 'csv')
  }
}

export function assertSound(
  account: FileAccount,
  receipts: readonly CrunchReceipt[],
  config: CrunchConfig,
): void {
  const findings: string[] = []
  for (const { input, damage, account: counts } of receipts) {
    if (damage !== undefined) findings.push(`\`${input.name}\`: ${damage}`)
    if (!addsUp(counts)) findings.push(`\`${input.name}\`: its lines do not add up`)
  }
  const { max_rejected: limit } = config
  const most = 'share' in limit ? limit.share * account.lines : limit.lines
  if (account.rejected > most) {
    findings.push(`${account.rejected} of ${account.lines} lines were rejected`)
  }
  if (findings.length > 0) throw new FerryError('DATA_INVALID', findings.join('\n'))
}
