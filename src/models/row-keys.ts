import { FerryError } from '../core/errors.ts'
import { readAll } from '../databases/read-all.ts'
import type { ModelRun } from './model-run.ts'

/**
 * Two rows with one key, or a key with a NULL, would be merged wrongly, silently.
 * @throws FerryError DATA_INVALID with the first keys
 */
export async function refuseRepeatedKeys(
  { model, dialect, session }: ModelRun,
  from: string,
): Promise<void> {
  const key = model.header.key ?? []
  const names = key.map(name => dialect.sql.identifier(name))
  const isNull = names.map(name => `${name} IS NULL`).join(' OR ')
  const found = await readAll(
    session,
    `SELECT ${names.join(', ')}, count(*) FROM ${from} GROUP BY ${names.join(', ')}
     HAVING count(*) > 1 OR ${isNull} LIMIT 3`,
  )
  if (found.length === 0) return
  const lines = found.map(row => {
    const cells = key.map((name, index) => `${name}=${String(row[index] ?? 'NULL')}`)
    return `${cells.join(', ')}: ${String(row[key.length])} rows`
  })
  throw new FerryError(
    'DATA_INVALID',
    [`${model.file}: the key \`${key.join(', ')}\` does not tell the rows apart`, ...lines].join(
      '\n',
    ),
    { hint: 'add columns to `key`, or make the query give one row for each key and no NULL in it' },
  )
}
