import { join } from 'node:path'
import { FerryError } from '../core/errors.ts'
import { normalizeFiles } from '../databases/open-normalizer.ts'
import type { Delivery } from './delivery.ts'
import { fetchParts, withPaths } from './fetch-parts.ts'
import type { PartSource } from './open-part.ts'
import { packedPart } from './packed-part.ts'

/**
 * A delivery in a format that the engine does not read, as one CSV in `folder`, made by DuckDB's readers with
 * the types that the manifest names. It is the same delivery: what its manifest counts must be there.
 * @throws FerryError DATA_INVALID, MANIFEST_INVALID
 */
export async function asCsv(
  delivery: Delivery,
  source: PartSource,
  folder: string,
): Promise<Delivery> {
  const { parts, files, columns, table } = delivery
  const plain: Delivery = { ...delivery, files: { format: 'csv', compression: 'zstd' } }
  if (parts.length === 0 || files.format === 'csv') return plain
  const places = withPaths(parts, source, { folder, files })
  const output = join(folder, 'delivered.csv.zst')
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]))
  await using _fetched = await fetchParts(
    places,
    new Map(parts.map(part => [part.url, part])),
    source,
  )
  const paths = places.flatMap(({ path }) => (path === undefined ? [] : [path]))
  const { rows, columns: found } = await normalizeFiles(
    { paths, format: files.format, types },
    { output, folder },
  )
  if (JSON.stringify(found.map(({ name }) => name)) !== JSON.stringify(Object.keys(types))) {
    const names = found.map(({ name }) => `\`${name}\``).join(', ')
    throw new FerryError(
      'DATA_INVALID',
      `the files of \`${table}\` have other columns than its manifest: ${names}`,
    )
  }
  if (delivery.rows !== undefined && rows !== delivery.rows) {
    throw new FerryError(
      'DATA_INVALID',
      `${rows} rows of \`${table}\` arrived, and its manifest says ${delivery.rows}`,
    )
  }
  return { ...plain, parts: [await packedPart(output, rows)] }
}
