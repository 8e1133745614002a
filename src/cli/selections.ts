import { createInterface } from 'node:readline/promises'
import { FerryError } from '../core/errors.ts'
import { asFolder, type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import { listSelection } from '../objects/list-objects.ts'
import type { NameFilter } from '../objects/name-filter.ts'
import { type Selection, type SelectionOptions, selectionOf } from '../objects/selection.ts'
import type { StorePool } from '../objects/store-pool.ts'
import type { CommandContext } from './command.ts'
import { objectLocation } from './object-location.ts'

/** What the operands of a command name. @throws FerryError USAGE */
export async function selectionsOf(
  args: readonly string[],
  options: SelectionOptions,
  context: CommandContext,
): Promise<Selection[]> {
  const selections: Selection[] = []
  for (const arg of args) selections.push(selectionOf(await objectLocation(arg, context), options))
  return selections
}

/**
 * A bucket, container or folder on the command line, with or without `/` at its end.
 * @throws FerryError USAGE
 */
export async function bucketLocation(arg: string, context: CommandContext): Promise<ObjectUrl> {
  const url = asFolder(await objectLocation(arg, context))
  if (url.key === '' && url.bucket !== '') return url
  throw new FerryError('USAGE', `\`${printObjectUrl(url)}\` is no bucket, container or folder`, {
    hint: 'name the bucket alone: s3://lake',
  })
}

export interface SelectionSum {
  objects: number
  bytes: number
  /** What is there and could not be read. */
  readonly failures: Error[]
}

/** How much selections are, counted by listing them. */
export async function sumOf(
  selections: readonly Selection[],
  { pool, filter, signal }: { pool: StorePool; filter: NameFilter; signal: AbortSignal },
): Promise<SelectionSum> {
  const sum: SelectionSum = { objects: 0, bytes: 0, failures: [] }
  for (const selection of selections) {
    const store = await pool.open(selection.url)
    for await (const entry of listSelection(store, selection, {
      recursive: true,
      filter,
      signal,
    })) {
      if (entry.kind === 'failure') sum.failures.push(entry.error)
      if (entry.kind !== 'object') continue
      sum.objects++
      sum.bytes += entry.object.size
    }
  }
  return sum
}

/** Asks a question whose answer is yes or no; only where somebody is there to answer. */
export async function confirm(question: string, context: CommandContext): Promise<boolean> {
  const { stdin, stderr, signal } = context
  const reader = createInterface({ input: stdin, output: stderr })
  try {
    const answer = await reader.question(`${question} [y/N] `, { signal })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    reader.close()
  }
}

/** Whether a person sits at both ends. */
export function isInteractive({ stdin, stderr }: CommandContext): boolean {
  return stderr.isTTY && 'isTTY' in stdin && stdin.isTTY === true
}
