import { readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { formatDuration } from '../../core/units.ts'
import { utf8Text } from '../../core/utf8.ts'
import type { Dialect } from '../../databases/dialect.ts'
import { dialectOf } from '../../databases/open-database.ts'
import {
  createFileOutput,
  createStreamOutput,
  type ResultOutput,
} from '../../shell/result-output.ts'
import { runScripts, type ScriptRun, type StatementReport } from '../../shell/run-scripts.ts'
import { readVariables } from '../../shell/variables.ts'
import {
  isReservedName,
  renderTemplate,
  type TemplateEnvironment,
  type TemplateSource,
} from '../../templates/render.ts'
import { createSqlNames } from '../../templates/sql-names.ts'
import {
  type CommandContext,
  defineCommand,
  flag,
  integer,
  type Invocation,
  list,
  text,
} from '../command.ts'
import { commandDate, type DatabaseTarget, databaseTarget } from '../database-target.ts'
import { reportError } from '../report-error.ts'

const FORMATS = ['csv', 'tsv', 'json', 'parquet', 'table'] as const
type Format = (typeof FORMATS)[number]

/** Rows of an `after()` are held in memory. */
const DEFAULT_AFTER_ROWS = 100_000

const options = {
  on: text(
    'NAME',
    'a warehouse or source of ferry.yaml, or a URL; the first warehouse if left out',
  ),
  execute: list('SQL', 'SQL to run before the files', { short: 'e' }),
  var: list('KEY=VALUE', 'a variable of the templates'),
  'vars-file': list('FILE', 'variables from a YAML or JSON file'),
  date: text('DATE', 'the logical date (default: TODAY of the environment, else today)'),
  format: text(
    'FORMAT',
    'of the result; else by the name of --output, else a table on a terminal and csv in a pipe',
    { choices: FORMATS },
  ),
  csv: flag('the same as --format csv'),
  tsv: flag('the same as --format tsv'),
  json: flag('the same as --format json: one object a line'),
  parquet: flag('the same as --format parquet'),
  output: text('FILE', 'write the result here, whole or not at all', { short: 'o' }),
  'dry-run': flag('print the SQL that would run; no database is asked'),
  'keep-going': flag('go on after an error; the exit code still tells'),
  'single-transaction': flag('all statements in one transaction'),
  'after-rows': integer('N', `most rows that an after() gets (default ${DEFAULT_AFTER_ROWS})`),
  timing: flag('print how long each statement took'),
  verbose: flag('print the rows of each statement', { short: 'v' }),
  quiet: flag('print no counts of rows below tables', { short: 'q' }),
}

type SqlInvocation = Invocation<typeof options>
type SqlOptions = SqlInvocation['options']

export default defineCommand({
  name: 'sql',
  summary: 'run SQL files, which are templates, on a warehouse or a source',
  description:
    'Runs the statements of the files one after the other in one session and stops at the first ' +
    'error. The last result of the last file is put out as CSV, TSV, JSON or Parquet; a table ' +
    'shows every result. `-` is the standard input.',
  arguments: [{ name: 'file', description: 'SQL files, run in this order', variadic: true }],
  options,
  examples: [
    'ferry sql scripts/users.sql --var country=HU --csv > users.csv',
    'ferry sql --on production -e "select count(*) from users"',
    'ferry sql prepare.sql report.sql -o results/report.parquet',
    'ferry sql report.sql --dry-run',
  ],
  async run(invocation) {
    const { options, context } = invocation
    const format = chooseFormat(options, context)
    if (options['single-transaction'] && options['keep-going']) {
      throw new FerryError('USAGE', '--keep-going cannot go with --single-transaction', {
        hint: 'a transaction is over with its first error',
      })
    }
    const scripts = await readScripts(invocation)
    const target = await databaseTarget(options.on, context)
    const dialect = await dialectOf(target.url)
    const environment = await templateEnvironment(invocation, target, dialect)
    if (options['dry-run']) return printSql(scripts, environment, context)
    const { url, projectDirectory } = target
    const { signal } = context
    await using session = await dialect.open({
      url,
      projectDirectory,
      environment: context.environment,
      signal,
    })
    const failure = await runScripts(scripts, {
      session,
      lexicon: dialect.sql.lexicon,
      environment,
      format,
      output: outputOf(options, context),
      keepGoing: options['keep-going'],
      showsCounts: !options.quiet,
      singleTransaction: options['single-transaction'],
      maxAfterRows: options['after-rows'] ?? DEFAULT_AFTER_ROWS,
      onStatement: statementTalk(options, context),
      onError: error => void reportError(error, context.stderr),
    } satisfies ScriptRun)
    return failure?.exitCode ?? 0
  },
})

function chooseFormat(options: SqlOptions, { stdout }: CommandContext): Format {
  const flags = (['csv', 'tsv', 'json', 'parquet'] as const).filter(name => options[name])
  const asked = new Set([...flags, ...(options.format === undefined ? [] : [options.format])])
  if (asked.size > 1) {
    throw new FerryError('USAGE', `one format at a time, not ${[...asked].join(' and ')}`)
  }
  const byName = extname(options.output ?? '').slice(1)
  const toTerminal = options.output === undefined && stdout.isTTY
  const [wanted = byName] = asked
  const format = FORMATS.find(name => name === wanted) ?? (toTerminal ? 'table' : 'csv')
  if (format === 'parquet' && toTerminal) {
    throw new FerryError('USAGE', 'Parquet is not for a terminal', {
      hint: 'write it to a file: -o result.parquet',
    })
  }
  return format
}

async function readScripts({ args, options, context }: SqlInvocation): Promise<TemplateSource[]> {
  const given = options.execute.map(sql => ({ file: '(--execute)', text: sql }))
  if (given.length + args.length === 0) {
    throw new FerryError('USAGE', 'no SQL to run', {
      hint: "name files, or - for the standard input, or give SQL: ferry sql -e 'select 1'",
    })
  }
  const read = async (file: string): Promise<TemplateSource> => {
    if (file === '-') {
      return { file: '(stdin)', text: utf8Text(await buffer(context.stdin), '(stdin)') }
    }
    const content = await readFile(resolve(context.directory, file)).catch((error: unknown) => {
      throw asLocalIoError(error, file)
    })
    return { file, text: utf8Text(content, file) }
  }
  // All are read before any runs: a misspelt name must not show up half-way.
  return [...given, ...(await Promise.all(args.map(read)))]
}

async function templateEnvironment(
  { options, context }: SqlInvocation,
  { project, projectDirectory }: DatabaseTarget,
  dialect: Dialect,
): Promise<TemplateEnvironment> {
  const timeZone = project?.config.timezone ?? 'UTC'
  const builtins = { ...createSqlNames(dialect.sql, commandDate(options.date, timeZone, context)) }
  const isReserved = (name: string): boolean => name in builtins || isReservedName(name)
  return {
    context: await readVariables(options.var, options['vars-file'], isReserved),
    builtins,
    directory: context.directory,
    roots: [projectDirectory, join(projectDirectory, project?.config.models ?? 'models')],
  }
}

/** Each file's SQL, as it would be sent. What an `after()` would set is not there. */
async function printSql(
  scripts: readonly TemplateSource[],
  environment: TemplateEnvironment,
  { stdout }: CommandContext,
): Promise<number> {
  for (const script of scripts) {
    const { sql } = await renderTemplate(script, environment)
    if (scripts.length > 1) stdout.write(`-- ${script.file}\n`)
    stdout.write(sql.endsWith('\n') ? sql : `${sql}\n`)
  }
  return 0
}

function outputOf(
  options: SqlOptions,
  { directory, stdout, signal }: CommandContext,
): ResultOutput {
  if (options.output === undefined) return createStreamOutput(stdout, signal)
  return createFileOutput(resolve(directory, options.output))
}

function statementTalk(
  { timing, verbose }: SqlOptions,
  { logger }: CommandContext,
): (report: StatementReport) => void {
  if (!timing && !verbose) return () => {}
  return ({ file, line, ms, rows }) => {
    const counted = verbose && rows !== null ? [`${rows} ${rows === 1 ? 'row' : 'rows'}`] : []
    const timed = timing ? [formatDuration(ms)] : []
    logger.info(`${file}:${line}: ${[...counted, ...timed].join(', ') || 'done'}`)
  }
}
