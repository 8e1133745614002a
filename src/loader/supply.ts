import type { LoadFiles, LoadPart } from '../databases/loading.ts'
import type { TableColumn } from '../formats/column-type.ts'
import { csvLine } from '../formats/csv.ts'
import { FerryError } from '../core/errors.ts'
import { decompress } from '../formats/compression.ts'
import { createReadStream } from 'node:fs'
import { withoutHeader } from './csv-body.ts'
import type { Delivery } from './delivery.ts'
import { fetchParts, withPaths } from './fetch-parts.ts'
import { type PartSource, unpacked } from './open-part.ts'
import type { Sifted } from './sift.ts'

/** The files of a load, in whichever way the engine wants them. */
export interface Supply {
  readonly files: LoadFiles
  /** What they must be in all; undefined where nobody counted. */
  readonly expectedRows: number | undefined
  readonly fetch: (parts: readonly LoadPart[]) => Promise<AsyncDisposable>
  /** CSV lines of all parts without their headers. @throws FerryError DATA_INVALID, MANIFEST_INVALID */
  readonly rows: () => AsyncIterable<Uint8Array>
}

/** The parts as they were delivered; what is not of this machine is brought to `folder`. */
export function deliveredSupply(delivery: Delivery, source: PartSource, folder: string): Supply {
  const { parts, files } = delivery
  const known = new Map(parts.map(part => [part.url, part]))
  const names = delivery.columns.map(column => column.name)
  return {
    files: {
      ...files,
      columns: names,
      parts: withPaths(parts, source, { folder, files }),
      stage: undefined,
    },
    expectedRows: delivery.rows,
    fetch: wanted => fetchParts(wanted, known, source),
    async *rows() {
      if (files.format !== 'csv') throw new FerryError('BUG', `${files.format} is not streamed`)
      for (const part of parts) {
        const text = unpacked(source, part, files.compression)
        yield* withoutHeader(text, line => assertHeader(line, names, part.url))
      }
    },
  }
}

/** What was left of the parts when rows that do not fit were taken out. */
export function siftedSupply(columns: readonly TableColumn[], sifted: Sifted): Supply {
  const parts = sifted.files.map(({ path, rows, bytes }) => ({ url: path, path, rows, bytes }))
  return {
    files: {
      format: 'csv',
      compression: 'zstd',
      columns: columns.map(column => column.name),
      parts,
      longestRowBytes: sifted.longestRowBytes,
      stage: undefined,
    },
    expectedRows: parts.reduce((sum, part) => sum + part.rows, 0),
    fetch: async () => ({ [Symbol.asyncDispose]: async () => {} }),
    async *rows() {
      for (const { path } of parts) {
        yield* withoutHeader(decompress(createReadStream(path), 'zstd', 262_144), () => {})
      }
    },
  }
}

function assertHeader(line: string, names: readonly string[], url: string): void {
  if (`${line.replace(/\r$/, '')}\n` === csvLine(names, ',')) return
  throw new FerryError(
    'DATA_INVALID',
    `\`${url}\` has other columns than its manifest: \`${line}\``,
    {
      hint: 'have its writer write it again',
    },
  )
}
