import { join } from 'node:path'
import * as z from 'zod'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'
import type { TableColumn } from '../formats/column-type.ts'
import type { TableTask } from './table-task.ts'

/** `.ferry/mirror/S.T.columns.json`: the columns of the last delivery. */
const kept = z.object({
  version: z.literal(1),
  columns: z.array(z.object({ name: z.string(), native: z.string() })),
})

type KnownColumn = Pick<TableColumn, 'name' | 'native'>

export interface SchemaChange {
  readonly added: readonly string[]
  readonly dropped: readonly string[]
  /** `amount: numeric(10,2), was integer` */
  readonly changed: readonly string[]
}

/** What became of the columns since the last delivery; nothing when there was none. */
export function schemaChange(
  before: readonly KnownColumn[] | undefined,
  now: readonly TableColumn[],
): SchemaChange {
  if (before === undefined) return { added: [], dropped: [], changed: [] }
  const was = new Map(before.map(({ name, native }) => [name, native]))
  const is = new Set(now.map(({ name }) => name))
  return {
    added: now.filter(({ name }) => !was.has(name)).map(({ name }) => name),
    dropped: before.filter(({ name }) => !is.has(name)).map(({ name }) => name),
    changed: now.flatMap(({ name, native }) => {
      const old = was.get(name)
      return old === undefined || old === native ? [] : [`${name}: ${native}, was ${old}`]
    }),
  }
}

/**
 * The columns that are taken, given what became of them.
 * @throws FerryError DATA_INVALID where `on_schema_change` is `fail`
 */
export function settleSchema(
  { name, onSchemaChange }: TableTask,
  now: readonly TableColumn[],
  change: SchemaChange,
): readonly TableColumn[] {
  const findings = describeChange(change)
  if (findings.length === 0 || onSchemaChange === 'add') return now
  if (onSchemaChange === 'ignore') return now.filter(column => !change.added.includes(column.name))
  throw new FerryError('DATA_INVALID', `\`${name}\` has other columns: ${findings.join('; ')}`, {
    hint: 'take them over once: ferry mirror --on-schema-change add, or set `on_schema_change`',
    details: { ...change },
  })
}

/** One text a kind of change; empty when there was none. */
export function describeChange({ added, dropped, changed }: SchemaChange): readonly string[] {
  return [
    ...(added.length === 0 ? [] : [`new: ${added.join(', ')}`]),
    ...(dropped.length === 0 ? [] : [`gone: ${dropped.join(', ')}`]),
    ...changed,
  ]
}

const pathOf = (projectDirectory: string, name: string): string =>
  join(projectDirectory, '.ferry/mirror', `${name}.columns.json`)

/** Columns of the last delivery, or undefined when none is known. */
export async function knownColumns(
  projectDirectory: string,
  name: string,
): Promise<readonly KnownColumn[] | undefined> {
  const path = pathOf(projectDirectory, name)
  const text = await readIfPresent(path)
  if (text === undefined) return undefined
  try {
    return kept.parse(JSON.parse(text)).columns
  } catch (error) {
    throw new FerryError('DATA_INVALID', `\`${path}\` does not hold columns`, {
      cause: error,
      hint: 'remove it: the columns are then taken as they are',
    })
  }
}

export async function keepColumns(
  projectDirectory: string,
  name: string,
  columns: readonly TableColumn[],
): Promise<void> {
  const known = columns.map(({ name: column, native }) => ({ name: column, native }))
  const text = `${JSON.stringify({ version: 1, columns: known })}\n`
  await writeFileAtomically(pathOf(projectDirectory, name), text)
}
