import { type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ListEntry, ObjectInfo } from '../stores/store.ts'

/** An object as JSON has it: names of fields as in all of Ferry's data. */
export function objectRecord(url: ObjectUrl, object: ObjectInfo): Record<string, unknown> {
  return {
    url: printObjectUrl({ ...url, key: object.key }),
    kind: 'object',
    key: object.key,
    size: object.size,
    modified_at: object.modifiedAt.toISOString(),
    etag: object.etag,
    checksums: object.checksums,
    content_type: object.contentType,
    content_encoding: object.contentEncoding,
    metadata: object.metadata,
    storage_class: object.storageClass,
  }
}

export function entryRecord(url: ObjectUrl, entry: ListEntry): Record<string, unknown> {
  if (entry.kind === 'object') return objectRecord(url, entry.object)
  const { kind } = entry
  const key = entry.kind === 'prefix' ? entry.prefix : entry.key
  const error = entry.kind === 'failure' ? { error: entry.error.message } : {}
  return { url: printObjectUrl({ ...url, key }), kind, key, ...error }
}

const SIZE_WIDTH = 14

/** `          1234  2026-03-01 12:00:00  `: what `ls -l` has before a name. Times are UTC. */
export function longColumns(entry: ListEntry): string {
  if (entry.kind !== 'object') return `${'-'.padStart(SIZE_WIDTH)}  ${' '.repeat(19)}  `
  const { size, modifiedAt } = entry.object
  const time = modifiedAt.toISOString().slice(0, 19).replace('T', ' ')
  return `${String(size).padStart(SIZE_WIDTH)}  ${time}  `
}
