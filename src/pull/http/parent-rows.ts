import { readFile } from 'node:fs/promises'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { type Compression, decompress } from '../../formats/compression.ts'
import { parseCsv } from '../../formats/csv.ts'
import { parseTableManifest } from '../../formats/table-manifest.ts'
import { openStore } from '../../stores/open-store.ts'
import { readObject } from '../../stores/read-object.ts'
import { manifestPath } from '../delivery/deliver.ts'
import type { PullContext } from '../pull-context.ts'
import type { TablePlan } from '../table-plan.ts'
import type { TemplateValues } from '../template.ts'

/**
 * The values of templates once for each row of another table of the source, as it was delivered this
 * night: `{PARENT.COLUMN}`. @throws FerryError INPUT_MISSING when it was not pulled yet
 */
export async function* parentValues(
  { source }: TablePlan,
  parent: string,
  values: TemplateValues,
  context: PullContext,
): AsyncGenerator<TemplateValues> {
  const path = manifestPath(context.project, context.date, `${source}.${parent}`)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw asParentMissing(error, path, `${source}.${parent}`)
  })
  const { parts, files } = parseTableManifest(text, path)
  for (const part of parts) {
    for await (const rows of csvRows(part.url, files.compression, context)) {
      for (const row of rows) {
        const own = Object.entries(row).map(
          ([name, value]) => [`${parent}.${name}`, value] as const,
        )
        yield new Map([...values, ...own])
      }
    }
  }
}

async function* csvRows(
  url: string,
  compression: Compression | 'none',
  { environment, logger, signal, locate }: PullContext,
): AsyncGenerator<Readonly<Record<string, string | undefined>>[]> {
  const place = await locate(url)
  await using store = await openStore(place, { environment, logger })
  const bytes = readObject(store, await store.stat(place.key, { signal }), { signal })
  let names: readonly string[] | undefined
  for await (const records of parseCsv(
    compression === 'none' ? bytes : decompress(bytes, compression),
  )) {
    const rows = []
    for (const record of records) {
      if (names === undefined) names = record.map(name => name ?? '')
      else rows.push(Object.fromEntries(names.map((name, at) => [name, record[at] ?? undefined])))
    }
    yield rows
  }
}

function asParentMissing(error: unknown, path: string, name: string): unknown {
  const known = asLocalIoError(error, path)
  if (!(known instanceof FerryError) || known.code !== 'INPUT_MISSING') return known
  return new FerryError('INPUT_MISSING', `\`${name}\` was not pulled this night`, {
    cause: error,
    hint: `pull it first: ferry pull ${name}`,
  })
}
