/**
 * `make demo`: two nights of a small company, on this machine, from a real PostgreSQL to the
 * figures that everybody asks for first.
 *
 *     node examples/company/demo.ts [--directory demo] [--scale 1]
 */
import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../servers/postgres.ts'
import {
  countCommands,
  makeProject,
  NIGHTS,
  play,
  type Project,
  readReceipts,
  runNight,
  stopWarehouse,
} from './project.ts'

const { values: options } = parseArgs({
  options: {
    directory: { type: 'string', default: resolve(import.meta.dirname, '../../demo') },
    scale: { type: 'string', default: process.env['FERRY_DEMO_SCALE'] ?? '1' },
  },
})
const number = new Intl.NumberFormat('en')

try {
  await main()
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  if (!(Number(options.scale) > 0)) throw new Error(`--scale \`${options.scale}\` is not above 0`)
  process.env['FERRY_DEMO_SCALE'] = options.scale
  const begun = performance.now()
  console.log('\nTidy Lists, a small company that makes a task list app: two nights of its data.\n')
  await using server = await step('a real PostgreSQL starts', startPostgres, () => '')
  const project = await makeProject(options.directory, server.url)
  await step('people use the app since March', () => play(project, 'seed'), tellRows)
  await step(`the night of ${NIGHTS[0]}`, () => night(project, NIGHTS[0]), String)
  await step('a day passes', () => play(project, 'second-day'), tellChanges)
  await step(`the night of ${NIGHTS[1]}`, () => night(project, NIGHTS[1]), String)
  await stopWarehouse(project)
  console.log(`\n${await headline(project)}`)
  console.log(`\nDone in ${seconds(begun)}. ${whereToLook(project)}\n`)
}

/** Says what is being done, then how long it took and what came out. */
async function step<Result>(
  name: string,
  work: () => Promise<Result>,
  tell: (result: Result) => string,
): Promise<Result> {
  const begun = performance.now()
  const label = `  ${name.padEnd(32)}`
  if (process.stdout.isTTY) process.stdout.write(label)
  const result = await work()
  const back = process.stdout.isTTY ? '\r' : ''
  console.log(`${back}${label}${seconds(begun).padStart(7)}  ${tell(result)}`.trimEnd())
  return result
}

function tellRows(counts: Record<string, number>): string {
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return `${number.format(rows)} rows, ${number.format(counts['tasks'] ?? 0)} of them tasks`
}

function tellChanges(counts: Record<string, number>): string {
  const { inserted = 0, updated = 0, deleted = 0 } = counts
  const told = [`${number.format(inserted)} new rows`, `${number.format(updated)} changed`]
  return `${told.join(', ')}, ${number.format(deleted)} deleted`
}

async function night(project: Project, date: string): Promise<string> {
  await runNight(project, date)
  const receipts = await readReceipts(project, date)
  const commands = await countCommands(project, date)
  const checks = receipts.flatMap(receipt => receipt.checks)
  const passed = checks.filter(check => check.passed).length
  const files = receipts.filter(receipt => receipt.result !== null).length
  const skipped = receipts.filter(receipt => receipt.state === 'skipped').length
  const models = `${receipts.length - skipped} models${skipped > 0 ? ` (${skipped} not today)` : ''}`
  return `${commands} commands, ${models}, ${passed} of ${checks.length} checks, ${files} results`
}

/** The headline figures of both nights, side by side, as the nights wrote them. */
async function headline(project: Project): Promise<string> {
  const [first, second] = await Promise.all(NIGHTS.map(date => readHeadline(project, date)))
  const lines = [...(second ?? [])].map(([kpi, value]) => {
    const before = first?.get(kpi) ?? ''
    return `  ${kpi.padEnd(36)}${before.padStart(12)}${value.padStart(12)}`
  })
  return [`  ${''.padEnd(36)}${NIGHTS.map(date => date.padStart(12)).join('')}`, ...lines].join(
    '\n',
  )
}

async function readHeadline(project: Project, date: string): Promise<Map<string, string>> {
  const text = await readFile(join(project.directory, 'results', date, 'headline.csv'), 'utf8')
  const rows = text.trimEnd().split('\n').slice(1) // this file has no quoted fields
  return new Map(
    rows.map(row => {
      const [, kpi = '', value = '', unit = ''] = row.split(',')
      return [kpi, `${number.format(Number(value))}${unit === '' ? '' : ` ${unit}`}`]
    }),
  )
}

function whereToLook({ directory }: Project): string {
  const folder = relative(process.cwd(), directory) || '.'
  const last = NIGHTS[1]
  return [
    `All of it is in ${folder}/: lake/, results/, logs/, warehouse.duckdb. Look further:`,
    '',
    `  export PATH="$PWD/bin:$PATH"; cd ${folder}`,
    '  ferry web                            # the nights as pages, at http://127.0.0.1:8000',
    '  make -n TODAY=2026-11-23 models      # what the next night will do, line by line',
    `  ferry load --plan production.tasks --date ${last}  # the SQL by which a table is loaded`,
    `  ferry sql scripts/cohorts.sql        # a question of your own to the warehouse`,
    `  jq -r 'select(.tag == "END") | [.user_s, .target] | @tsv' logs/${last}/timing_env.log | sort -n`,
  ].join('\n')
}

function seconds(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`
}
