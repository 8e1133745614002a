import { createHash } from 'node:crypto'
import { FerryError } from '../core/errors.ts'
import type { Relation } from '../databases/dialect.ts'
import type { ModelRun, Published } from './model-run.ts'
import { refuseRepeatedKeys } from './row-keys.ts'
import { refuseFailedChecks, runChecks } from './run-checks.ts'
import { executeAll, inTransaction } from './transaction.ts'

/** Where a model is built, beside its relation. What a killed build left there is dropped first. */
export function buildRelation(live: Relation, maxIdentifierBytes: number): Relation {
  const name = `__ferry_build_${live.name}`
  if (Buffer.byteLength(name) <= maxIdentifierBytes) return { ...live, name }
  const hash = createHash('sha256').update(live.name).digest('hex').slice(0, 16)
  return { ...live, name: `__ferry_build_${hash}` }
}

/** A killed client's statement may still be at work on the server; once it is done, we drop that. */
const BUILD_TRIES = 5

/**
 * Publishes a table: builds it beside the live relation, checks the build, and swaps the two in one
 * transaction. When a check fails, the live relation stays as it is.
 * @throws FerryError CHECK_FAILED, SQL_INVALID (with the model's file and line), TRANSIENT
 */
export async function publishTable(run: ModelRun): Promise<Published> {
  const { model, dialect, session, live, was } = run
  const build = buildRelation(live, dialect.capabilities.maxIdentifierBytes)
  const query = await run.render(null)
  const create = dialect.sql.createTableAs(build, query.text)
  await createBuild(run, build, create).catch((error: unknown) => {
    throw query.locate(error, create.length - query.text.length)
  })
  try {
    const from = dialect.sql.relation(build)
    if (model.header.materialize === 'incremental') await refuseRepeatedKeys(run, from)
    await executeAll(session, dialect.sql.analyze(build))
    const columns = (await dialect.introspect.columns(session, build)) ?? []
    const { rows, results } = await runChecks(model.header.checks, run.checked(from), session)
    refuseFailedChecks(model.name, results)
    const swap = dialect.sql.replaceWithTable({ live, build, was })
    await inTransaction(session, () => executeAll(session, swap))
    return { rows, columns, checks: results, query }
  } catch (error) {
    if (!run.keepsBuild) {
      // The build is dropped by the next one anyway; the first error is the one to tell.
      await session.execute(dialect.sql.dropTable(build)).catch(() => {})
    }
    throw error
  }
}

async function createBuild(
  { session, dialect }: ModelRun,
  build: Relation,
  create: string,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await session.execute(dialect.sql.dropTable(build))
    try {
      await session.execute(create)
      return
    } catch (error) {
      if (!(error instanceof FerryError) || tries === BUILD_TRIES) throw error
      // Somebody made it since we dropped it: only a statement that outlived its client does that.
      if ((await dialect.introspect.kind(session, build)) === undefined) throw error
    }
  }
}
