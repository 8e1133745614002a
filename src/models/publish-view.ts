import type { ModelQuery, ModelRun, Published } from './model-run.ts'
import { refuseFailedChecks, runChecks } from './run-checks.ts'
import { executeAll, inTransaction } from './transaction.ts'

/**
 * Publishes a view: checks the rows of its query, then puts the view in the place of what is there,
 * in one transaction. Without checks its rows are not counted: that could be a night's work.
 * @throws FerryError CHECK_FAILED, SQL_INVALID (with the model's file and line)
 */
export async function publishView(run: ModelRun): Promise<Published> {
  const { model, dialect, session, live, was } = run
  const query = await run.render(null)
  const { checks } = model.header
  const from = `(${query.text}\n) AS ferry_model`
  await probe(run, query)
  const checked =
    checks.length === 0 ? undefined : await runChecks(checks, run.checked(from), session)
  if (checked !== undefined) refuseFailedChecks(model.name, checked.results)
  const replace = dialect.sql.replaceWithView({ live, was, query: query.text })
  await inTransaction(session, () => executeAll(session, replace))
  const columns = (await dialect.introspect.columns(session, live)) ?? []
  return { rows: checked?.rows ?? null, columns, checks: checked?.results ?? [], query }
}

/** An error in the query is found here, where its place in the model's file can be told. */
async function probe({ session }: ModelRun, query: ModelQuery): Promise<void> {
  const lead = 'SELECT * FROM ('
  try {
    await session.execute(`${lead}${query.text}\n) AS ferry_model LIMIT 0`)
  } catch (error) {
    throw query.locate(error, lead.length)
  }
}
