import type { TableColumn } from '../formats/column-type.ts'

const UPDATED = ['updated_at', 'updated', 'modified_at', 'modified', 'last_modified', 'changed_at']
const MORE_UPDATED = [
  'updated_on',
  'modified_on',
  'update_time',
  'updatedat',
  'last_update',
  'mtime',
]
const DELETED = ['deleted_at', 'deleted_on', 'removed_at', 'deletedat']

/** The columns that are, by name and type, likely to say when a row was changed and deleted. */
export function likelyColumns(columns: readonly TableColumn[]): {
  readonly updatedAt: string | undefined
  readonly deletedAt: string | undefined
} {
  const stamps = columns.filter(({ type }) => type.kind === 'timestamp')
  const first = (names: readonly string[]): string | undefined =>
    names
      .map(name => stamps.find(column => column.name.toLowerCase() === name)?.name)
      .find(name => name !== undefined)
  return { updatedAt: first([...UPDATED, ...MORE_UPDATED]), deletedAt: first(DELETED) }
}
