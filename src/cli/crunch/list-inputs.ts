import { join } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { joinObjectUrl, type ObjectUrl, printObjectUrl } from '../../formats/object-url.ts'
import { type InputFile, STANDARD_INPUT } from '../../cruncher/input/input-file.ts'
import { nothingSelected, selectObjects, selectionOf } from '../../objects/selection.ts'
import { openStore } from '../../stores/open-store.ts'
import type { CommandContext } from '../command.ts'
import { objectLocation } from '../object-location.ts'

/**
 * The files that paths, globs, folders and URLs name, each once, in the order of their names.
 * @throws FerryError INPUT_MISSING (nothing there), and as stores do
 */
export async function listInputs(
  patterns: readonly string[],
  context: CommandContext,
): Promise<readonly InputFile[]> {
  const found = new Map<string, InputFile>()
  for (const pattern of patterns) {
    if (pattern === '-') {
      found.set(pattern, STANDARD_INPUT)
      continue
    }
    for await (const input of inputsOf(pattern, context)) found.set(input.name, input)
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function* inputsOf(pattern: string, context: CommandContext): AsyncGenerator<InputFile> {
  const { environment, logger, signal } = context
  const url = await objectLocation(pattern, context)
  const selection = selectionOf(url, {
    recursive: url.key === '' || url.key.endsWith('/') || pattern.endsWith('/'),
    prefix: false,
  })
  await using store = await openStore(selection.url, { environment, logger })
  let count = 0
  for await (const entry of selectObjects(store, selection, { filter: () => true, signal })) {
    if (entry.kind === 'failure') throw entry.error
    count++
    yield inputOf(selection.url, entry.object)
  }
  if (count === 0) throw nothingSelected(selection)
}

function inputOf(
  within: ObjectUrl,
  object: { key: string; size: number; modifiedAt: Date; etag: string },
): InputFile {
  const isLocal = within.scheme === 'file'
  const path = isLocal ? join(within.bucket, object.key) : undefined
  const url = isLocal
    ? undefined
    : printObjectUrl({ ...joinObjectUrl({ ...within, key: '' }, object.key) })
  const name = path ?? url
  if (name === undefined) throw new FerryError('BUG', 'an input without a name')
  const { size, modifiedAt, etag } = object
  return { name, path, url, size, modifiedMs: modifiedAt.getTime(), etag: isLocal ? '' : etag }
}
