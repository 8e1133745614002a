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
}

interface SumOptions {
  readonly pool: StorePool
  readonly filter: NameFilter
  readonly signal: AbortSignal
  /** Told of what is there and could not be read. */
  readonly onFailure?: (error: Error) => void
}

/** How much selections are, counted by listing them. */
export async function sumOf(
  selections: readonly Selection[],
  { pool, filter, signal, onFailure }: SumOptions,
): Promise<SelectionSum> {
  const sum: SelectionSum = { objects: 0, bytes: 0 }
  for (const selection of selections) {
    const store = await pool.open(selection.url)
    for await (const entry of listSelection(store, selection, {
      recursive: true,
      filter,
      signal,
    })) {
      if (entry.kind === 'failure') onFailure?.(entry.error)
      if (entry.kind !== 'object') continue
      sum.objects++
      sum.bytes += entry.object.size
    }
  }
  return sum
}

/**
 * Asks whether to remove what was asked for; only where somebody is there to answer. Anything but
 * yes is no. @throws FerryError USAGE (no), INTERRUPTED
 */
export async function confirmRemoval(question: string, context: CommandContext): Promise<void> {
  const { stdin, stderr, signal } = context
  const reader = createInterface({ input: stdin, output: stderr })
  const ended = Promise.withResolvers<string>()
  // The terminal is in raw mode: Ctrl-C is a key here, and Ctrl-D closes without an answer.
  reader.once('SIGINT', () => ended.reject(new FerryError('INTERRUPTED', 'interrupted')))
  reader.once('close', () => ended.resolve(''))
  try {
    const answered = reader.question(`${question} [y/N] `, { signal })
    const answer = await Promise.race([answered, ended.promise])
    if (/^y(es)?$/i.test(answer.trim())) return
    if (answer === '') stderr.write('\n')
  } finally {
    reader.close()
  }
  throw new FerryError('USAGE', 'nothing was removed, as the answer was not yes')
}

/** Whether a person sits at both ends. */
export function isInteractive({ stdin, stderr }: CommandContext): boolean {
  return stderr.isTTY && 'isTTY' in stdin && stdin.isTTY === true
}
