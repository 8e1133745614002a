import { FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import type { SourceTable } from '../databases/source.ts'
import type { TableColumn } from '../formats/column-type.ts'
import type { TableTask } from './table-task.ts'

/**
 * The columns that ferry.yaml wants of a table, in the table's order.
 * @throws FerryError CONFIG_INVALID (there is no such column), UNSUPPORTED (a type that cannot be taken
 * over unchanged, named with its column)
 */
export function takenColumns(task: TableTask, table: SourceTable): readonly TableColumn[] {
  const wanted = task.columns
  const refused = table.refused.find(({ name }) => wanted === undefined || wanted.includes(name))
  if (refused !== undefined) {
    throw new FerryError(
      'UNSUPPORTED',
      `\`${task.name}\`: column \`${refused.name}\` is of type \`${refused.native}\`, whose values cannot be taken over unchanged`,
      { hint: 'name the other columns under `columns`', details: { column: refused.name } },
    )
  }
  const names = table.columns.map(({ name }) => name)
  const needed = [
    ...(task.key ?? []),
    ...(wanted ?? []),
    ...present(task.updatedAt, task.deletedAt),
  ]
  for (const name of needed) {
    if (names.includes(name)) continue
    const near = nearestName(name, names)
    throw new FerryError('CONFIG_INVALID', `\`${task.name}\` has no column \`${name}\``, {
      hint: near === undefined ? undefined : `did you mean \`${near}\`?`,
    })
  }
  if (table.columns.length === 0) {
    throw new FerryError('UNSUPPORTED', `\`${task.name}\` has no columns`)
  }
  return table.columns.filter(({ name }) => wanted === undefined || wanted.includes(name))
}

/**
 * The key: of ferry.yaml, else of the catalog, if its columns are taken.
 * @throws FerryError CONFIG_INVALID: a mode that needs one, and there is none
 */
export function takenKey(
  task: TableTask,
  table: SourceTable,
  columns: readonly TableColumn[],
): readonly string[] {
  const key = task.key ?? table.key
  const isTaken = key.every(name => columns.some(column => column.name === name))
  if (isTaken && (key.length > 0 || task.mode === 'full' || task.mode === 'append')) return key
  if (
    isTaken ||
    task.mode === 'incremental' ||
    task.mode === 'snapshot' ||
    task.key !== undefined
  ) {
    const why = isTaken
      ? 'has no key'
      : `has a key (${key.join(', ')}) that is not among its \`columns\``
    throw new FerryError(
      'CONFIG_INVALID',
      `\`${task.name}\` ${why}: changes could not be applied`,
      {
        hint: 'name the columns that tell one row from all others under `key`, or take mode `full`',
      },
    )
  }
  return []
}

function present(...names: readonly (string | undefined)[]): readonly string[] {
  return names.filter(name => name !== undefined)
}
