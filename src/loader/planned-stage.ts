import type { LoadFiles, LoadWriter } from '../databases/loading.ts'
import type { Delivery } from './delivery.ts'

/** What ferry.yaml says of a warehouse's stage: `warehouses.NAME`. */
export interface StageSettings {
  /** A URL that is a folder. */
  readonly url: string
  readonly identity: string | undefined
  readonly region: string | undefined
  /** Slices of the cluster. */
  readonly slots: number | undefined
}

/** Where nothing is said: what somebody who reads the plan fills in. */
const SOME_STAGE: Readonly<Record<string, string>> = {
  s3: 's3://BUCKET/stage/',
  az: 'https://ACCOUNT.blob.core.windows.net/CONTAINER/stage/',
}

/** The files of a load by an engine that fetches them itself, as they would lie in its stage. */
export function plannedFiles(
  { id, table, columns, parts }: Pick<Delivery, 'id' | 'table' | 'columns' | 'parts'>,
  { advice }: Pick<LoadWriter, 'advice'>,
  stage: StageSettings | undefined,
): LoadFiles {
  const root = stage?.url ?? SOME_STAGE[advice.stages[0] ?? ''] ?? ''
  const folderUrl = `${root.replace(/\/*$/, '/')}${table}/${id}/`
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  const multiple = stage?.slots ?? advice.multipleOf
  // A part below a megabyte is not worth a slice of its own.
  const fewest = Math.min(multiple, Math.max(1, Math.ceil(bytes / 1_000_000)))
  const many = Math.ceil(bytes / advice.partBytes / multiple) * multiple
  const count = bytes > advice.partBytes ? many : fewest
  return {
    format: 'csv',
    compression: 'gzip',
    columns: columns.map(column => column.name),
    parts: Array.from({ length: parts.length === 0 ? 0 : count }, (_, index) => ({
      url: `${folderUrl}part-${String(index).padStart(4, '0')}.csv.gz`,
      bytes: Math.ceil(bytes / count),
    })),
    stage: {
      manifestUrl: `${folderUrl}manifest`,
      folderUrl,
      identity: stage?.identity,
      region: stage?.region,
    },
  }
}
