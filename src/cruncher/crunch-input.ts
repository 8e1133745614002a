import { join } from 'node:path'
import type { Logger } from '../core/logger.ts'
import { crunchFile } from './crunch-file.ts'
import { hasGrown, type InputFile, readInput } from './input/input-file.ts'
import type { CrunchPlan } from './plan.ts'
import type { Prepared } from './prepare.ts'
import { type CrunchReceipt, nameOfInput, writeReceipt } from './receipt.ts'
import { RejectsFile } from './rejects.ts'

export interface CrunchInputOptions {
  readonly stdin?: AsyncIterable<Uint8Array>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly logger: Logger
}

/**
 * Crunches one input to its end: what is made of it, and then its receipt.
 * @throws FerryError as reading and writing do; then nothing counts as made
 */
export async function crunchInput(
  input: InputFile,
  plan: CrunchPlan,
  prepared: Prepared,
  options: CrunchInputOptions,
): Promise<CrunchReceipt> {
  const name = nameOfInput(input)
  const rejects = new RejectsFile(
    join(plan.stateDirectory, 'rejected', `${name}.jsonl`),
    input.name,
  )
  try {
    const crunched = await crunchFile({
      source: readInput(input, options),
      detector: prepared.detector(),
      steps: { ...prepared.steps(input), sinks: [] },
      outputs: [rejects],
      reject: rejection => rejects.add(rejection),
      maxLineBytes: plan.config.max_line,
      hasGrown: () => hasGrown(input),
    })
    await rejects.finish()
    const { account, unfinishedBytes, damage } = crunched
    return await writeReceipt(plan.stateDirectory, input, {
      plan: plan.hash,
      account,
      unfinishedBytes,
      ...(damage === undefined ? {} : { damage }),
      outputs: [],
      partials: {},
    })
  } catch (error) {
    await rejects.abort()
    throw error
  }
}
