import { FerryError } from '../../core/errors.ts'
import type { Compression } from '../../formats/compression.ts'
import type { StreamFormat } from '../rows/read-rows.ts'

const BY_SUFFIX: Readonly<Record<string, StreamFormat | 'parquet'>> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
}

/** What a file is by its name: `report.csv.gz`. @throws FerryError CONFIG_INVALID */
export function formatOf(
  name: string,
  given: StreamFormat | 'parquet' | undefined,
): { format: StreamFormat | 'parquet'; compression: Compression | undefined } {
  const packed = /\.(gz|zst)$/.exec(name)?.[1]
  const plain = packed === undefined ? name : name.slice(0, -packed.length - 1)
  const suffix = /\.([a-z]+)$/i.exec(plain)?.[1]?.toLowerCase() ?? ''
  const format = given ?? BY_SUFFIX[suffix]
  if (format === undefined) {
    throw new FerryError(
      'CONFIG_INVALID',
      `the name \`${name}\` does not say what is in the file`,
      {
        hint: `set format: to one of ${[...new Set(Object.values(BY_SUFFIX))].join(', ')}`,
      },
    )
  }
  const compression = packed === 'gz' ? 'gzip' : packed === 'zst' ? 'zstd' : undefined
  return { format, compression }
}
