import { hash } from 'node:crypto'
import { printObjectUrl } from '../../formats/object-url.ts'
import { nothingSelected, selectObjects, selectionOf } from '../../objects/selection.ts'
import type { PulledFile } from '../../pull/files/pulled-file.ts'
import type { PullContext } from '../../pull/pull-context.ts'
import type { TablePlan } from '../../pull/table-plan.ts'
import { dateValues, fillIn } from '../../pull/template.ts'
import { openStore } from '../../stores/open-store.ts'

/**
 * The files that a table is read from, each once, in the order of their names.
 * @throws FerryError INPUT_MISSING (a pattern that matches nothing), and as stores do
 */
export async function listFiles(
  { config }: TablePlan,
  context: PullContext,
): Promise<readonly PulledFile[]> {
  const found = new Map<string, PulledFile>()
  for (const template of config.files ?? []) {
    const pattern = fillIn(template, dateValues(context.date)) ?? template
    for await (const file of filesOf(pattern, context)) found.set(file.name, file)
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Azure's objects have URLs of HTTPS, too. */
const AZURE = /^https:\/\/[a-z0-9-]+\.(?:blob|dfs)\.(?:core\.|storage\.azure\.net)/

async function* filesOf(pattern: string, context: PullContext): AsyncGenerator<PulledFile> {
  if (/^https?:/.test(pattern) && !AZURE.test(pattern)) {
    const url = new URL(pattern)
    // What stands in the query may be secret, and tells files apart nevertheless.
    const query = url.search === '' ? '' : `?${hash('sha256', url.search).slice(0, 8)}`
    yield { kind: 'web', name: `${url.origin}${url.pathname}${query}`, url }
    return
  }
  const { environment, logger, signal } = context
  const url = await context.locate(pattern)
  const selection = selectionOf(url, {
    recursive: url.key === '' || url.key.endsWith('/') || pattern.endsWith('/'),
    prefix: false,
  })
  await using store = await openStore(selection.url, { environment, logger })
  let count = 0
  for await (const entry of selectObjects(store, selection, { filter: () => true, signal })) {
    if (entry.kind === 'failure') throw entry.error
    count++
    const { key, etag, size, modifiedAt } = entry.object
    const place = { ...selection.url, key }
    const version = etag === '' ? `${size} ${modifiedAt.toISOString()}` : etag
    yield { kind: 'stored', name: printObjectUrl(place), place, version }
  }
  if (count === 0) throw nothingSelected(selection)
}
