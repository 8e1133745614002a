import { FerryError } from '../core/errors.ts'
import type { ExportFormat, ResultSet, Row, Session, SqlLexicon } from '../databases/dialect.ts'
import { bareWords, cutStatements, type Statement } from '../databases/statements.ts'
import {
  type RenderedTemplate,
  renderTemplate,
  type TemplateEnvironment,
  type TemplateSource,
} from '../templates/render.ts'
import { placeStatementError } from '../templates/statement-failure.ts'
import type { ResultOutput } from './result-output.ts'
import { createRowCollector, type RowCollector } from './result-rows.ts'
import { canYieldRows } from './yields-rows.ts'

/** What happened to a statement; for --verbose and --timing. */
export interface StatementReport {
  readonly file: string
  readonly line: number
  readonly ms: number
  /** Rows changed or put out, when the engine tells. */
  readonly rows: number | null
}

export interface ScriptRun {
  readonly session: Session
  readonly lexicon: SqlLexicon
  readonly environment: TemplateEnvironment
  readonly output: ResultOutput
  /**
   * `table` shows every result; any other format puts out the last result of the last script, as
   * two results one after the other are no CSV.
   */
  readonly format: ExportFormat | 'table'
  /** Goes on after an error with the next statement, as long as the database can be reached. */
  readonly keepGoing: boolean
  readonly singleTransaction: boolean
  /** A table ends with its number of rows. */
  readonly showsCounts: boolean
  /** Most rows that an `after()` gets. */
  readonly maxAfterRows: number
  readonly onStatement: (report: StatementReport) => void
  /** Called for errors that keepGoing goes past. */
  readonly onError: (error: FerryError) => void
}

/**
 * Runs scripts in one session, one statement after the other, each script rendered when those before
 * it are done. Stops at the first error, whose message names the file and the line. Returns the
 * first error that keepGoing went past. The output is committed only when all is done.
 */
export async function runScripts(
  scripts: readonly TemplateSource[],
  run: ScriptRun,
): Promise<FerryError | undefined> {
  let failure: FerryError | undefined
  const survive = (error: unknown): void => {
    if (!run.keepGoing || !(error instanceof FerryError) || !canGoOn(error)) throw error
    run.onError(error)
    failure ??= error
  }
  try {
    if (run.singleTransaction) await run.session.execute('begin')
    for (const [index, source] of scripts.entries()) {
      const isLast = index === scripts.length - 1
      await runScript(source, { ...run, isLast, survive }).catch(survive)
    }
    if (run.singleTransaction) await run.session.execute('commit')
    if (failure === undefined || run.format === 'table') await run.output.commit()
    else await run.output.discard()
  } catch (error) {
    await run.output.discard()
    throw error
  }
  return failure
}

/** Not when the connection, the disk or Ferry itself is the trouble: the next one fails as well. */
function canGoOn({ code }: FerryError): boolean {
  return ['SQL_INVALID', 'TEMPLATE_INVALID', 'DATA_INVALID', 'DENIED', 'INPUT_MISSING'].includes(
    code,
  )
}

interface OneScriptRun extends ScriptRun {
  readonly isLast: boolean
  /** Throws the error again unless it is to be gone past. */
  readonly survive: (error: unknown) => void
}

async function runScript(source: TemplateSource, run: OneScriptRun): Promise<void> {
  const rendered = await renderTemplate(source, run.environment)
  const statements = cutStatements(rendered.sql, run.lexicon)
  const yielding = statements.filter(({ text }) => canYieldRows(bareWords(text, run.lexicon)))
  // After the last script there is nobody to prepare anything for.
  const wantsRows = rendered.after.length > 0 && !run.isLast
  const collector = wantsRows ? createRowCollector(run.maxAfterRows) : undefined
  const lastYielding = yielding.at(-1)
  for (const statement of statements) {
    const started = performance.now()
    try {
      const rows = await runStatement(
        {
          statement,
          isShown: run.format === 'table' && yielding.includes(statement),
          isResult: run.isLast && statement === lastYielding,
          collector: yielding.includes(statement) ? collector : undefined,
        },
        run,
      )
      report({ statement, rendered, ms: performance.now() - started, rows }, run)
    } catch (error) {
      run.survive(placeStatementError(error, statement, rendered))
    }
  }
  for (const step of wantsRows ? rendered.after : []) await step(collector?.rows() ?? [])
}

interface StatementRun {
  readonly statement: Statement
  readonly isShown: boolean
  readonly isResult: boolean
  readonly collector: RowCollector | undefined
}

/** Returns the number of rows, when the engine tells. */
async function runStatement(
  { statement: { text }, isShown, isResult, collector }: StatementRun,
  { session, format, output, showsCounts }: ScriptRun,
): Promise<number | null> {
  if (isResult && format !== 'table') {
    const result = await session.export(text, format)
    for await (const chunk of result.bytes) await output.write(chunk)
    return result.rows()
  }
  if (!isShown && collector === undefined) return (await session.execute(text)).rowsAffected
  const result = await session.query(text)
  const counted = countRows(collector?.collect(result) ?? result)
  const encoder = new TextEncoder()
  if (isShown && result.columns.length > 0) {
    const { tableLines } = await import('./text-table.ts')
    for await (const lines of tableLines(counted.result)) await output.write(encoder.encode(lines))
    const count = counted.rows()
    const tail = showsCounts ? `(${count} ${count === 1 ? 'row' : 'rows'})\n\n` : '\n'
    await output.write(encoder.encode(tail))
  } else {
    for await (const _ of counted.result.batches); // read to its end, as a session asks
  }
  return result.columns.length > 0 ? counted.rows() : null
}

function countRows({ columns, batches }: ResultSet): { result: ResultSet; rows: () => number } {
  let count = 0
  async function* counted(): AsyncGenerator<readonly Row[], void> {
    for await (const rows of batches) {
      count += rows.length
      yield rows
    }
  }
  return { result: { columns, batches: counted() }, rows: () => count }
}

function report(
  one: { statement: Statement; rendered: RenderedTemplate; ms: number; rows: number | null },
  { onStatement }: ScriptRun,
): void {
  const place = one.rendered.lineMap.locate(one.statement.offset)
  onStatement({ ...place, ms: one.ms, rows: one.rows })
}
