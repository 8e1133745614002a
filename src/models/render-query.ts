import { FerryError } from '../core/errors.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import type { Dialect } from '../databases/dialect.ts'
import { cutStatements } from '../databases/statements.ts'
import { renderTemplate } from '../templates/render.ts'
import { createSqlNames } from '../templates/sql-names.ts'
import { placeStatementError } from '../templates/statement-failure.ts'
import { includeFolders, type ModelProject, type ReadingModel } from './model.ts'
import type { ModelQuery } from './model-run.ts'

export interface QuerySettings {
  readonly project: ModelProject
  readonly dialect: Dialect
  readonly date: LogicalDate
  readonly variables: Readonly<Record<string, unknown>>
  /** `ref('other')`: the relation of a model, as SQL. */
  readonly refer: (name: string) => string
  /** `source('production', 'tasks')`, as SQL. */
  readonly source: (source: string, table: string) => string
  /** What a relationships check is about, as SQL. */
  readonly related: (to: string) => string
  /** Of an incremental model: the newest stamp that is published, or null when all rows are asked. */
  readonly since: string | null
}

/** Names of Ferry's own in models; variables cannot have them. */
export const MODEL_NAMES = ['ref', 'source', 'since', 'today', 'yesterday', 'identifier', 'literal']

/**
 * Renders a model to its one query, without the header.
 * @throws FerryError TEMPLATE_INVALID, MODEL_INVALID (no query, or more than one)
 */
export async function renderQuery(
  model: ReadingModel,
  settings: QuerySettings,
): Promise<ModelQuery> {
  const { project, dialect, date, refer, source, since } = settings
  const isIncremental = model.header.materialize === 'incremental'
  const rendered = await renderTemplate(model, {
    ...includeFolders(project),
    context: { ...settings.variables },
    builtins: {
      ...createSqlNames(dialect.sql, date),
      ref: refer,
      source,
      ...(isIncremental ? { since } : {}),
    },
  })
  const [query, second] = cutStatements(rendered.sql, dialect.sql.lexicon)
  if (query === undefined || second !== undefined) {
    const line = second === undefined ? 1 : rendered.lineMap.locate(second.offset).line
    const found = query === undefined ? 'there is none' : 'here is another'
    throw new FerryError('MODEL_INVALID', `${model.file}:${line}: a model is one query; ${found}`)
  }
  return {
    text: query.text,
    locate(error, lead) {
      return placeStatementError(withoutLead(error, lead, query.text), query, rendered)
    },
  }
}

/** The engine counts from the beginning of what it was sent, of which `lead` characters are ours. */
function withoutLead(error: unknown, lead: number, query: string): unknown {
  if (!(error instanceof FerryError)) return error
  const { position, ...details } = error.details
  if (typeof position !== 'number') return error
  const inQuery = position - lead
  return new FerryError(error.code, error.message, {
    hint: error.hint,
    details: inQuery >= 0 && inQuery <= query.length ? { ...details, position: inQuery } : details,
    cause: error,
  })
}
