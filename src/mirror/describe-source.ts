import type { DiscoveredTable } from '../databases/source.ts'

/** From so many rows on a table is cut into ranges. */
const LARGE_ROWS = 20_000_000
const CHUNKS = 8

/**
 * A first version of `sources.NAME` for ferry.yaml: tables with a key and a likely time stamp by
 * increments, all others whole. What cannot be taken is said in comments.
 */
export function* describeSource(
  source: { readonly name: string; readonly url: string },
  tables: readonly DiscoveredTable[],
  defaultSchema: string,
): Generator<string> {
  yield 'sources:\n'
  yield `  ${yamlName(source.name)}:\n    url: ${JSON.stringify(source.url)}\n    tables:\n`
  for (const table of tables) {
    const { schema, name } = table.relation
    const isDefault = schema === undefined || schema === defaultSchema
    const settings = [
      ...(isDefault ? [] : [`table: ${yamlName(`${schema}.${name}`)}`]),
      ...settingsOf(table),
    ]
    yield* remarksOf(table)
    const mapping = settings.length === 0 ? '' : ` { ${settings.join(', ')} }`
    yield `      ${yamlName(isDefault ? name : `${schema}_${name}`)}:${mapping}\n`
  }
}

function settingsOf({
  key,
  updatedAt,
  deletedAt,
  refused,
  columns,
  estimatedRows,
}: DiscoveredTable) {
  const settings: string[] = []
  if (key.length > 0 && updatedAt !== undefined) settings.push(`updated_at: ${yamlName(updatedAt)}`)
  if (key.length > 0 && deletedAt !== undefined) settings.push(`deleted_at: ${yamlName(deletedAt)}`)
  if (estimatedRows >= LARGE_ROWS) settings.push(`chunks: ${CHUNKS}`)
  if (refused.length > 0) {
    settings.push(`columns: [${columns.map(({ name }) => yamlName(name)).join(', ')}]`)
  }
  return settings
}

function* remarksOf({ key, refused, estimatedRows }: DiscoveredTable): Generator<string> {
  const remarks = [
    ...(estimatedRows >= LARGE_ROWS
      ? [`about ${Math.round(estimatedRows / 1e6)} million rows`]
      : []),
    ...(key.length === 0 ? ['no key: changes could not be applied'] : []),
    ...refused.map(({ name, native }) => `left out: ${name}, of type ${native}`),
  ]
  for (const remark of remarks) yield `      # ${remark.replaceAll('\n', ' ')}\n`
}

/** A plain word as it is; anything that YAML could take for something else in quotes. */
const yamlName = (name: string): string =>
  /^[a-z_][\w.]*$/i.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : JSON.stringify(name)
