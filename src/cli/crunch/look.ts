import { STANDARD_INPUT } from '../../cruncher/input/input-file.ts'
import { type Coverage, coverageOf } from '../../cruncher/coverage.ts'
import { explainLine } from '../../cruncher/explain.ts'
import { prepare } from '../../cruncher/prepare.ts'
import { readTestCases, runTestCase } from '../../cruncher/test-cases.ts'
import { starterConfig } from '../../cruncher/starter-config.ts'
import { sumCoverage } from '../../cruncher/sum-coverage.ts'
import { coverageText } from '../../cruncher/print-coverage.ts'
import { FerryError } from '../../core/errors.ts'
import type { CommandContext } from '../command.ts'
import { planOf, readCrunchConfig, readText } from './crunch-plan.ts'
import { listInputs } from './list-inputs.ts'

/** Actions that look and write nothing. */

async function prepared(context: CommandContext, date = '1970-01-01') {
  const config = { ...(await readCrunchConfig(context)), output: undefined }
  const plan = await planOf(config, context.directory, date, context)
  return { plan: { ...plan, keepsAll: true }, prepared: prepare({ ...plan, keepsAll: true }) }
}

/** `ferry crunch explain LINE`. */
export async function explain(
  lines: readonly string[],
  json: boolean,
  context: CommandContext,
): Promise<number> {
  if (lines.length === 0) throw new FerryError('USAGE', 'say `ferry crunch explain LINE`')
  const { prepared: ready } = await prepared(context)
  for (const line of lines) {
    const steps = ready.steps(STANDARD_INPUT, ready.classifier())
    const found = explainLine(Buffer.from(line), ready.detector(), steps.inferTime)
    if (json) {
      context.stdout.write(`${JSON.stringify(found)}\n`)
      continue
    }
    const title = found.title === undefined ? '' : ` (${found.title})`
    const second = found.second === undefined ? 'no other' : `\`${found.second}\` came second`
    const records = found.records === undefined ? '' : ` ${found.records} records, the first:`
    context.stdout.write(
      `${found.format}${title}: ${found.sureness}; ${second}\n${found.why}${records}\n${JSON.stringify(found.record, undefined, 2)}\n`,
    )
  }
  return 0
}

/** `ferry crunch coverage FILE...`: several are added up. */
export async function coverage(
  files: readonly string[],
  json: boolean,
  context: CommandContext,
): Promise<number> {
  const found = await coverageOfFiles(files, context)
  context.stdout.write(json ? `${JSON.stringify(found)}\n` : coverageText(found))
  return 0
}

async function coverageOfFiles(
  files: readonly string[],
  context: CommandContext,
): Promise<Coverage> {
  if (files.length === 0) throw new FerryError('USAGE', 'no file is named')
  const { environment, signal, logger, stdin } = context
  const { plan, prepared: ready } = await prepared(context)
  const all: Coverage[] = []
  for (const input of await listInputs(files, context)) {
    const options = { environment, signal, logger, stdin: bytesOf(stdin) }
    all.push(await coverageOf(input, plan, ready, options))
  }
  return sumCoverage(all)
}

/** `ferry crunch init FILE...`: prints a first `crunch:` for ferry.yaml. */
export async function init(files: readonly string[], context: CommandContext): Promise<number> {
  context.stdout.write(starterConfig(files, await coverageOfFiles(files, context)))
  return 0
}

/** `ferry crunch lint`. @throws FerryError CONFIG_INVALID with all that is wrong */
export async function lint(context: CommandContext): Promise<number> {
  const { plan } = await prepared(context)
  const counts = [
    `${plan.routes.length} routes`,
    `${plan.formats.length} files of formats`,
    `${Object.keys(plan.config.reduce).length} aggregates`,
  ]
  context.stdout.write(`nothing wrong: ${counts.join(', ')}\n`)
  return 0
}

/** `ferry crunch test FILE...`. @throws FerryError CHECK_FAILED */
export async function test(files: readonly string[], context: CommandContext): Promise<number> {
  const { plan, prepared: ready } = await prepared(context)
  let count = 0
  const findings: string[] = []
  for (const file of files.length === 0 ? ['crunch-tests.yaml'] : files) {
    for (const one of readTestCases({ file, text: await readText(file) })) {
      count++
      const different = runTestCase(one, ready, plan.config.max_line)
      findings.push(...different.map(finding => `${file}: ${one.name}: ${finding}`))
    }
  }
  if (findings.length > 0) throw new FerryError('CHECK_FAILED', findings.join('\n'))
  context.stdout.write(`${count} of ${count} cases passed\n`)
  return 0
}

export async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) yield Buffer.from(piece)
}
