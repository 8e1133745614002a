import type { Compression } from '../../formats/compression.ts'
import type { EventFormat, FilePacking } from '../segment-content.ts'

const FORMATS: Readonly<Record<string, EventFormat>> = {
  csv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
}
const COMPRESSIONS: Readonly<Record<string, Compression>> = { gz: 'gzip', zst: 'zstd' }

/** What the name of an object says of it: `events.jsonl.zst`; undefined where it is no file of events. */
export function packingOfName(name: string): FilePacking | undefined {
  const [, ending = '', packed] = /\.(csv|jsonl|ndjson|parquet)(?:\.(gz|zst))?$/.exec(name) ?? []
  const format = FORMATS[ending]
  if (format === undefined || (format === 'parquet' && packed !== undefined)) return undefined
  return { format, compression: packed === undefined ? undefined : COMPRESSIONS[packed] }
}
