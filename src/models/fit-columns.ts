import { FerryError } from '../core/errors.ts'
import type { Column, Relation } from '../databases/dialect.ts'
import type { ModelRun } from './model-run.ts'

/**
 * Makes the live table fit rows that are to be put into it: columns that only they have are added
 * to it. Returns their columns. @throws FerryError MODEL_INVALID when a column is gone or has
 * another type, which no one can add to what is there
 */
export async function fitColumns(run: ModelRun, rows: Relation): Promise<readonly Column[]> {
  const { model, dialect, session, live } = run
  const wanted = (await dialect.introspect.columns(session, rows)) ?? []
  const found = (await dialect.introspect.columns(session, live)) ?? []
  const gone = found.filter(column => !wanted.some(one => one.name === column.name))
  const findings = gone.map(column => `\`${column.name}\` is not in the query any more`)
  for (const column of wanted) {
    const before = found.find(one => one.name === column.name)
    if (before !== undefined && before.type !== column.type) {
      findings.push(`\`${column.name}\` was ${before.type} and is ${column.type} now`)
    }
  }
  if (findings.length > 0) {
    const hint =
      model.header.materialize === 'incremental'
        ? `build it anew from all rows: ferry model ${model.name} --full`
        : 'give the query its former columns, or change the table by hand'
    const lines = findings.map(one => `${model.file}: the column ${one}`)
    throw new FerryError('MODEL_INVALID', lines.join('\n'), { hint })
  }
  for (const column of wanted) {
    if (found.some(one => one.name === column.name)) continue
    const name = dialect.sql.identifier(column.name)
    const table = dialect.sql.relation(live)
    await session.execute(`ALTER TABLE ${table} ADD COLUMN ${name} ${column.type}`)
  }
  return wanted
}
