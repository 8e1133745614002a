import { createHash } from 'node:crypto'
import type { TableColumn } from '../formats/column-type.ts'
import type { ManifestPart } from '../formats/manifest.ts'
import type { TableManifest } from '../formats/table-manifest.ts'

/** Rows of one table on their way into a warehouse. */
export interface Delivery {
  /** Tells it from every other one: the same manifest is the same delivery, whoever loads it. */
  readonly id: string
  /** `production.tasks` */
  readonly table: string
  readonly source: string
  /** The logical date. */
  readonly date: string
  readonly columns: readonly TableColumn[]
  readonly key: readonly string[]
  readonly mode: TableManifest['delivery']['mode']
  readonly rowsAre: TableManifest['delivery']['rows']
  readonly isComplete: boolean
  /** It makes sense only for a table that has what came before. */
  readonly needsBase: boolean
  readonly files: TableManifest['files']
  readonly parts: readonly ManifestPart[]
  /** Of all parts; undefined where nobody counted. */
  readonly rows: number | undefined
  readonly to: string | null
  readonly takenAt: string
}

export function deliveryOf(manifest: TableManifest): Delivery {
  const { table, delivery, files, parts } = manifest
  const isComplete = delivery.rows === 'all'
  return {
    id: identityOf({ ...manifest, parts: parts.map(part => [part.url, part.bytes, part.crc32c]) }),
    table: `${table.source}.${table.name}`,
    source: table.source,
    date: delivery.date,
    columns: table.columns,
    key: table.key,
    mode: delivery.mode,
    rowsAre: delivery.rows,
    isComplete,
    needsBase: delivery.rows === 'changes' && delivery.from !== null,
    files,
    parts,
    rows: rowsOf(parts),
    to: delivery.to,
    takenAt: delivery.takenAt,
  }
}

/** 32 hexadecimal digits of what is said, in a fixed order of its names. */
export function identityOf(said: unknown): string {
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32)
}

function rowsOf(parts: readonly ManifestPart[]): number | undefined {
  let rows = 0
  for (const part of parts) {
    if (part.rows === undefined) return undefined
    rows += part.rows
  }
  return rows
}
