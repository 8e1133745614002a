import { join } from 'node:path'
import type { Logger } from '../core/logger.ts'
import type { Classifier } from './classify.ts'
import { crunchFile } from './crunch-file.ts'
import { hasGrown, type InputFile, readInput } from './input/input-file.ts'
import { openRecordWriter } from './output/open-record-writer.ts'
import type { RecordWriter } from './output/record-writer.ts'
import type { CrunchPlan } from './plan.ts'
import type { Prepared } from './prepare.ts'
import { outputFolderOf, publishOutputs, removeStale } from './publish-outputs.ts'
import { type CrunchReceipt, lastReceipt, nameOfInput, writeReceipt } from './receipt.ts'
import { Reducer } from './reduce/reducer.ts'
import { RejectsFile } from './rejects.ts'
import { redactText } from './redact/redact-text.ts'
import { RunningMark } from './sweep-leftovers.ts'

export interface CrunchInputOptions {
  readonly stdin?: AsyncIterable<Uint8Array>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** Of all groups of a thread, before they are put out of memory. */
const MAX_GROUP_BYTES = 134_217_728

/**
 * Crunches one input to its end: its records, its partial results, its rejected lines, and then its
 * receipt. @throws FerryError as reading and writing do; then nothing counts as made
 */
export async function crunchInput(
  input: InputFile,
  plan: CrunchPlan,
  prepared: Prepared,
  options: CrunchInputOptions,
): Promise<CrunchReceipt> {
  const name = nameOfInput(input)
  const { stateDirectory, config } = plan
  const folders = [
    stateDirectory,
    ...(plan.outputDirectory === undefined ? [] : [plan.outputDirectory]),
  ]
  await using _running = await RunningMark.set(join(stateDirectory, 'running', name), name, folders)
  const classifier = prepared.classifier()
  const steps = prepared.steps(input, classifier)
  const rejectsPath = join(stateDirectory, 'rejected', `${name}.jsonl`)
  const rejects = new RejectsFile(rejectsPath, input.name, redactText(steps.redact))
  const routeName = (route: number): string => classifier.name(route)
  const writer = openWriter(plan, input, classifier)
  const reductions = prepared.reductions(classifier)
  const reducers = reductions.map(reduction => ({
    name: reduction.name,
    reducer: new Reducer(reduction, {
      directory: join(stateDirectory, 'spill', name),
      maxBytes: MAX_GROUP_BYTES / reductions.length,
      routeName,
    }),
  }))
  const sinks = reducers.map(({ reducer }) => (record: Parameters<Reducer['add']>[0]) => {
    reducer.add(record)
  })
  try {
    const crunched = await crunchFile({
      source: readInput(input, options),
      detector: prepared.detector(),
      steps: {
        ...steps,
        sinks: writer === undefined ? sinks : [...sinks, record => writer.write(record)],
      },
      outputs: writer === undefined ? [rejects] : [rejects, writer],
      reject: rejection => rejects.add(rejection),
      maxLineBytes: config.max_line,
      hasGrown: () => hasGrown(input),
    })
    const partials: Record<string, string> = {}
    for (const { name: reduction, reducer } of reducers) {
      const path = join('partial', reduction, name)
      await reducer.writePartial(join(stateDirectory, path), options.signal)
      partials[reduction] = path
    }
    await rejects.finish()
    const outputs = await publishOutputs((await writer?.finish()) ?? [], plan, options)
    await removeStale(await lastReceipt(stateDirectory, input), outputs, plan, options)
    const { account, unfinishedBytes, damage } = crunched
    const outputFolder = outputFolderOf(plan)
    return await writeReceipt(stateDirectory, input, {
      plan: plan.hash,
      account,
      unfinishedBytes,
      ...(damage === undefined ? {} : { damage }),
      ...(outputFolder === undefined ? {} : { outputFolder }),
      outputs: [...outputs],
      partials,
    })
  } finally {
    for (const { reducer } of reducers) reducer[Symbol.dispose]()
    await rejects.abort()
    await writer?.abort()
  }
}

function openWriter(
  { config, outputDirectory }: CrunchPlan,
  input: InputFile,
  classifier: Classifier,
): RecordWriter | undefined {
  if (outputDirectory === undefined) return undefined
  return openRecordWriter({
    format: config.format,
    compression: config.compress === 'none' ? undefined : config.compress,
    partitionBy: config.partition_by,
    directory: outputDirectory,
    fileName: nameOfInput(input),
    separator: config.separator,
    routeName: route => classifier.name(route),
    sourceFile: input.name,
  })
}
