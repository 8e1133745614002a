import type { Client } from 'pg'
import type { FieldDescription } from './types.ts'

/** The server's own names of the columns' types, with their modifiers: `numeric(10,2)`. */
export async function typeNames(
  client: Client,
  fields: readonly FieldDescription[],
): Promise<readonly string[]> {
  if (fields.length === 0) return []
  const { rows } = await client.query<[string]>({
    text: `SELECT pg_catalog.format_type(t, m)
           FROM unnest($1::oid[], $2::int4[]) WITH ORDINALITY AS f(t, m, n) ORDER BY n`,
    values: [fields.map(field => field.dataTypeID), fields.map(field => field.dataTypeModifier)],
    rowMode: 'array',
  })
  return rows.map(([name]) => name)
}
