import { FerryError } from '../../core/errors.ts'
import type { Answer, Question, Warehouses } from '../../dashboard/asking.ts'
import type { Row } from '../../databases/dialect.ts'
import type { Engine } from '../../databases/engine.ts'
import { engineOf } from '../../databases/open-database.ts'
import type { CommandContext } from '../command.ts'
import type { Project } from '../project.ts'

const MOST_ROWS = 5_000
const LONGEST_MS = 30_000
/** Questions at once, so that a page cannot take the warehouse from the night. */
const AT_ONCE = 2

/** The project's warehouses for its pages: queries alone, limited in time and rows. */
export function askWarehouses(
  { config, directory }: Project,
  { environment, clock }: CommandContext,
): Warehouses {
  let running = 0
  const open = async (name: string, signal: AbortSignal) => {
    const warehouse = config.warehouses[name]
    if (warehouse === undefined) throw new FerryError('USAGE', `there is no warehouse \`${name}\``)
    const engine = await engineOf(warehouse.url)
    const target = { url: warehouse.url, projectDirectory: directory, environment, signal }
    return { engine, session: await engine.open(target) }
  }
  return {
    names: Object.keys(config.warehouses),
    limits: { rows: MOST_ROWS, seconds: LONGEST_MS / 1_000 },
    async ask({ warehouse, sql }: Question, signal: AbortSignal): Promise<Answer> {
      if (running >= AT_ONCE) {
        throw new FerryError('BUSY', `${AT_ONCE} questions are being answered`, {
          hint: 'try again in a moment',
        })
      }
      running++
      const limit = AbortSignal.timeout(LONGEST_MS)
      try {
        const began = clock.now().getTime()
        const { engine, session } = await open(warehouse, AbortSignal.any([signal, limit]))
        await using _session = session
        await guardOf(engine).prepare(session, sql)
        const { columns, batches } = await session.query(sql)
        const rows: Row[] = []
        for await (const batch of batches) {
          rows.push(...batch)
          if (rows.length > MOST_ROWS) break
        }
        const isCut = rows.length > MOST_ROWS
        const ms = clock.now().getTime() - began
        return { columns, rows: rows.slice(0, MOST_ROWS), isCut, ms }
      } catch (error) {
        if (!limit.aborted) throw error
        throw new FerryError('TRANSIENT', `the answer took longer than ${LONGEST_MS / 1_000} s`, {
          cause: error,
          hint: 'ask for less: a shorter time, a smaller table',
        })
      } finally {
        running--
      }
    },
    async schema(warehouse, signal) {
      const { engine, session } = await open(warehouse, signal)
      await using _session = session
      const usual = await engine.introspect.defaultSchema(session)
      const tables: Record<string, string[]> = {}
      for (const { schema, name } of await engine.introspect.tables(session)) {
        const columns = (await engine.introspect.columns(session, { schema, name })) ?? []
        tables[schema === usual ? name : `${schema}.${name}`] = columns.map(column => column.name)
      }
      return tables
    },
  }
}

function guardOf({ asking, name }: Engine) {
  if (asking !== undefined) return asking
  throw new FerryError('UNSUPPORTED', `${name} cannot promise that a query changes nothing`, {
    hint: 'ask it with `ferry sql`',
  })
}
