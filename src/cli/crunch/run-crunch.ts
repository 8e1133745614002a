import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { utf8Text } from '../../core/utf8.ts'
import { asFolder, printObjectUrl } from '../../formats/object-url.ts'
import { mergePartials } from '../../cruncher/reduce/merge-partials.ts'
import { writeResult } from '../../cruncher/reduce/write-result.ts'
import { reductionsOf } from '../../cruncher/prepare.ts'
import { readRoutes } from '../../cruncher/routes/read-routes.ts'
import { objectLocation } from '../object-location.ts'
import { type FileAccount, addsUp, sumAccounts } from '../../cruncher/account.ts'
import { type CrunchConfig, crunchConfig } from '../../cruncher/config.ts'
import { crunch } from '../../cruncher/crunch.ts'
import type { CrunchPlan } from '../../cruncher/plan.ts'
import { accountText } from '../../cruncher/print-account.ts'
import type { CrunchReceipt } from '../../cruncher/receipt.ts'
import type { CommandContext } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { findProject, openProject } from '../project.ts'
import { listInputs } from './list-inputs.ts'

/** Of what is written: a newer Ferry makes anew what an older one made. */
const VERSION = 1

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
  const { environment, logger, signal, stdout } = context
  const config = withOptions(await readConfig(context), options)
  const date = await resolveLogicalDate(options.date, context)
  const patterns = (args.length > 0 ? args : config.inputs).map(text => withDate(text, date))
  if (patterns.length === 0) {
    throw new FerryError('USAGE', 'no input', {
      hint: 'name files, or set `crunch.inputs` in ferry.yaml',
    })
  }
  const inputs = await listInputs(patterns, context)
  await using state = await openState(options.state, date, context)
  const plan = await planOf(config, state.directory, date, context)
  const receipts = await crunch(inputs, plan, {
    workers: config.workers ?? availableParallelism(),
    workerFile: new URL('./crunch-worker.js', import.meta.url),
    stdin: bytesOf(context.stdin),
    environment,
    signal,
    logger,
  })
  await writeResults(receipts, plan, date, context)
  const account = sumAccounts(receipts.map(receipt => receipt.account))
  stdout.write(
    options.json ? `${JSON.stringify(account)}\n` : accountText(account, receipts.length),
  )
  assertSound(account, receipts, config)
  return 0
}

async function readConfig({ directory, environment }: CommandContext): Promise<CrunchConfig> {
  if (findProject(directory) === undefined) return crunchConfig.parse({})
  return (await openProject(directory, environment)).config.crunch
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

/** `{date}`, `{year}`, `{month}` and `{day}` of the logical date. */
function withDate(text: string, date: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  const values: Readonly<Record<string, string>> = { date, year, month, day }
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

interface State extends AsyncDisposable {
  readonly directory: string
}

/** In a project, what was done stays; elsewhere it is for this run only, unless a folder is named. */
async function openState(
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

/** What is written for which configuration, and where. */
async function planOf(
  config: CrunchConfig,
  stateDirectory: string,
  date: string,
  context: CommandContext,
): Promise<CrunchPlan> {
  const base = findProject(context.directory) ?? context.directory
  const formats = await Promise.all(
    config.formats.map(async file => ({ file, text: await readText(resolve(base, file)) })),
  )
  const routes = await readRoutes(config.routes, base)
  const output = await outputOf(config, stateDirectory, date, context)
  const { workers: _threads, inputs: _inputs, max_rejected: _limit, ...matters } = config
  const hash = createHash('sha256')
    .update(JSON.stringify({ config: matters, formats, routes, ...output, version: VERSION }))
    .digest('hex')
    .slice(0, 16)
  return { config, formats, routes, ...output, stateDirectory, hash }
}

/** A folder of this machine is written to; to a store, files are brought from a folder of the state's. */
async function outputOf(
  { output }: CrunchConfig,
  stateDirectory: string,
  date: string,
  context: CommandContext,
): Promise<Pick<CrunchPlan, 'outputDirectory' | 'outputUrl'>> {
  if (output === undefined) return { outputDirectory: undefined, outputUrl: undefined }
  const url = asFolder(await objectLocation(withDate(output, date), context))
  if (url.scheme === 'file') {
    return { outputDirectory: join(url.bucket, url.key), outputUrl: undefined }
  }
  return { outputDirectory: join(stateDirectory, 'output'), outputUrl: printObjectUrl(url) }
}

async function readText(path: string): Promise<string> {
  try {
    return utf8Text(await readFile(path), path)
  } catch (error) {
    throw error instanceof FerryError ? error : asLocalIoError(error, path)
  }
}

/** Merges what all inputs have of each aggregate, and writes it. */
async function writeResults(
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

function assertSound(
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

async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) yield Buffer.from(piece)
}
