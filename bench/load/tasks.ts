import { crc32c } from '@node-rs/crc32'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress } from 'node:zlib'
import { crc32cHex } from '../../src/formats/checksum.ts'
import type { TableColumn } from '../../src/formats/column-type.ts'
import { type TableManifest, tableManifestLines } from '../../src/formats/table-manifest.ts'

const named = (name: string, type: TableColumn['type']): TableColumn => {
  return { name, type, nullable: true, native: type.kind }
}

export const taskColumns: readonly TableColumn[] = [
  named('id', { kind: 'integer', bits: 64 }),
  named('user_id', { kind: 'integer', bits: 64 }),
  named('title', { kind: 'text' }),
  named('done', { kind: 'boolean' }),
  named('created_on', { kind: 'date' }),
  named('updated_at', { kind: 'timestamp', zone: true }),
  named('price', { kind: 'decimal', precision: 10, scale: 2 }),
  named('note', { kind: 'text' }),
]

export interface Tasks {
  readonly rows: number
  readonly columns: readonly TableColumn[]
  readonly isComplete: boolean
  /** Of the n-th row. */
  readonly idOf?: (row: number) => number
  readonly round?: number
}

const two = (value: number): string => String(value).padStart(2, '0')

function* lines({ rows, idOf = row => row, round = 0 }: Tasks): Generator<string> {
  let text = `${taskColumns.map(column => column.name).join(',')}\n`
  for (let row = 1; row <= rows; row += 1) {
    const id = idOf(row)
    const s = (id * 2_654_435_761) % 4_294_967_296
    const at = `2026-11-${two(1 + (s % 28))} ${two(s % 24)}:${two(s % 60)}:${two(id % 60)}.${1 + (s % 9)}+00`
    const note = s % 4 === 0 ? '' : `"note, ${s}"`
    text += `${id},${s % 1_000_000},task ${s} of round ${round},${id % 3 === 0 ? 't' : 'f'},2026-${two(1 + (s % 12))}-${two(1 + (s % 28))},${at},${s % 100_000}.${two(s % 100)},${note}\n`
    if (text.length < 1_000_000) continue
    yield text
    text = ''
  }
  yield text
}

/** Writes one part and its manifest, as of the table production.tasks; returns the part's path. */
export async function writeTasks(project: string, tasks: Tasks): Promise<string> {
  const path = join(project, `tasks-${tasks.round ?? 0}.csv.zst`)
  await pipeline(Readable.from(lines(tasks)), createZstdCompress(), createWriteStream(path))
  let sum = 0
  for await (const bytes of createReadStream(path)) sum = crc32c(bytes as Buffer, sum)
  const { size } = await stat(path)
  const manifest: TableManifest = {
    parts: [{ url: path, bytes: size, crc32c: crc32cHex(sum), rows: tasks.rows }],
    table: { source: 'production', name: 'tasks', columns: [...tasks.columns], key: ['id'] },
    delivery: {
      date: '2026-11-28',
      mode: 'incremental',
      rows: tasks.isComplete ? 'all' : 'changes',
      from: tasks.isComplete ? null : 'x',
      to: null,
      snapshot: null,
      takenAt: `2026-11-28T01:00:${two(tasks.round ?? 0)}Z`,
    },
    files: { format: 'csv', compression: 'zstd' },
  }
  const name = join(project, 'intermediate/2026-11-28/mirror/production.tasks')
  await mkdir(dirname(name), { recursive: true })
  await writeFile(name, [...tableManifestLines(manifest)].join(''))
  return path
}
