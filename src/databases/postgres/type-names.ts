import type { Client } from 'pg'
import type { FieldDescription } from './types.ts'

/** The server's own names of the columns' types, with their modifiers: `numeric(10,2)`. */
export async function typeNames(
  client: Client,
  fields: readonly FieldDescription[],
): Promise<readonly string[]> {
  if (fields.length === 0) return []
  // As literals: Redshift has no arrays to unfold.
  const names = fields.map(
    ({ dataTypeID, dataTypeModifier }) =>
      `pg_catalog.format_type(${dataTypeID}, ${dataTypeModifier})`,
  )
  const { rows } = await client.query<string[]>({
    text: `SELECT ${names.join(', ')}`,
    rowMode: 'array',
  })
  return rows[0] ?? []
}
