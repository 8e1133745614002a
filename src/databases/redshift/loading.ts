import { FerryError } from '../../core/errors.ts'
import type { TableColumn } from '../../formats/column-type.ts'
import type { Relation } from '../dialect.ts'
import { insertIntoLedger, LEDGER, LEDGER_COLUMNS } from '../ledger.ts'
import { inTransaction, loadChanges, step } from '../load-changes.ts'
import { HISTORY_TYPES } from '../load-statements.ts'
import type { LoadPlan, LoadRequest, LoadStep, LoadWriter, TableDesign } from '../loading.ts'
import { stagingOf } from '../staging.ts'
import { STAGE_ROW, type Tables, wholeNameStatements } from '../whole-name-statements.ts'
import { capabilities } from './capabilities.ts'
import { columnTypes } from './column-types.ts'
import { copyFrom } from './copy-from.ts'
import { fit } from './fit.ts'
import { sql } from './sql.ts'
import { definition, tableAttributes } from './table-design.ts'

/**
 * Redshift as a warehouse: COPY fetches the parts from S3, all else is SQL, and all of it is one
 * transaction. Nothing but a lock keeps two loads of a delivery apart, as its keys are not enforced.
 * `ALTER TABLE APPEND`, which moves blocks instead of rows, is no choice: it runs outside of transactions
 * only. Of rows with the same key one counts; which one is not told, as parts are read at once.
 * @see "Amazon Redshift best practices for loading data"
 */
export const loading: LoadWriter = {
  advice: {
    takes: 'url',
    formats: ['csv'],
    stages: ['s3'],
    nullText: '\\N',
    partBytes: 64_000_000, // of 1 MB to 1 GB
    multipleOf: 4, // slices of the smallest cluster that has more than one node
  },
  createLedger: [sql.createSchema(LEDGER.schema ?? ''), createLedger()],
  plan,
  stream: () => {
    throw new FerryError('BUG', 'Redshift fetches its files itself')
  },
  fit,
}

function createLedger(): string {
  const columns = LEDGER_COLUMNS.map(({ name, characters }) => {
    return `${sql.identifier(name)} ${characters === 'bigint' ? 'bigint' : `varchar(${characters * 4})`}`
  })
  return `CREATE TABLE IF NOT EXISTS ${sql.relation(LEDGER)} (${columns.join(', ')}) DISTSTYLE ALL`
}

const statements = wholeNameStatements({
  sql,
  momentType: 'timestamp',
  unlike: (column, a, b) =>
    columnTypes.write(column.type) === 'super'
      ? `JSON_SERIALIZE(${a}) <> JSON_SERIALIZE(${b})`
      : `${a} <> ${b}`,
  deletePeriods: ({ target, stage }, { design }) => {
    const { column = '', by = 'day' } = design.partition ?? {}
    const type = design.columns.find(one => one.name === column)?.type
    const name = sql.identifier(column)
    const isZoned = type?.kind === 'timestamp' && type.zone
    const start = `DATE_TRUNC('${by}', ${isZoned ? `${name} AT TIME ZONE 'UTC'` : name})`
    return [
      `DELETE FROM ${sql.relation(target)}
WHERE ${start} IN (SELECT DISTINCT ${start} FROM ${sql.relation(stage)})`,
      `DELETE FROM ${sql.relation(target)}
WHERE ${name} IS NULL AND EXISTS (SELECT 1 FROM ${sql.relation(stage)} WHERE ${name} IS NULL)`,
    ]
  },
})

function plan(request: LoadRequest): LoadPlan {
  const { target, strategy } = request
  const stage = stagingOf(target, capabilities.maxIdentifierBytes)
  const tables = { target, stage }
  const schema = target.schema === undefined ? [] : [sql.createSchema(target.schema)]
  return {
    steps: [
      ...schema.map(text => step(text, 'the schema of the source')),
      ...inTransaction([
        ...noteInLedger(request),
        ...stageRows(tables, request),
        ...(strategy === 'replace' ? swap(tables, request) : apply(tables, request)),
      ]),
      step(`ANALYZE ${sql.relation(target)}`, 'the planner learns of the rows'),
      {
        ...step(`SELECT count(*) FROM ${sql.relation(target)}`, 'for the pages'),
        kind: 'query',
        counts: 'tableRows',
      },
    ],
    cleanup: [], // the transaction takes all with it
  }
}

/** Of two at once the second waits for the lock, and then divides by zero. */
function noteInLedger({ ledger }: LoadRequest): readonly LoadStep[] {
  const table = sql.relation(LEDGER)
  const once = `SELECT 1 / (1 - count(*)) FROM ${table}
WHERE delivery = ${sql.literal(ledger.delivery)} AND table_name = ${sql.literal(ledger.table)}`
  return [
    step(`LOCK ${table}`, 'of two loads at once one waits here'),
    step(once, 'and fails here, when the other one had the same delivery'),
    step(insertIntoLedger(sql, ledger), 'the delivery is in the table with this transaction'),
  ]
}

const asText = (name: string): TableColumn => {
  return { name, type: { kind: 'text' }, nullable: true, native: 'varchar(65535)' }
}

function stageRows({ stage }: Tables, request: LoadRequest): readonly LoadStep[] {
  const { design, files, strategy } = request
  const byName = new Map(design.columns.map(column => [column.name, column]))
  const inFiles = files.columns.map(name => byName.get(name) ?? asText(name))
  const columns = strategy === 'replace' ? design.columns : inFiles
  const row = `  ${sql.identifier(STAGE_ROW)} bigint IDENTITY(1,1)`
  const attributes =
    strategy === 'replace' ? tableAttributes(design) : stageAttributes(design, columns)
  const lines = [...columns.map(column => definition(column, design)), row]
  const create = `CREATE TABLE ${sql.relation(stage)} (\n${lines.join(',\n')}\n)\n${attributes}`
  const dropRow = `ALTER TABLE ${sql.relation(stage)} DROP COLUMN ${sql.identifier(STAGE_ROW)}`
  return [
    step(sql.dropTable(stage), 'what somebody left'),
    step(create, 'rows are put beside the table first'),
    ...(files.parts.length === 0
      ? []
      : [
          step(copyFrom(stage, files), `one COPY of all ${files.parts.length} parts`),
          {
            ...step('SELECT pg_last_copy_count()', 'COPY itself does not tell the driver'),
            kind: 'query',
            counts: 'staged',
          } as const,
        ]),
    ...(design.key.length === 0
      ? []
      : [step(deleteSuperseded(stage, design.key), 'one row a key', 'superseded')]),
    ...(strategy === 'replace' ? [step(dropRow, 'it is the table now')] : []),
  ]
}

/** Beside the rows that they are joined with, where that is known. */
function stageAttributes(design: TableDesign, columns: readonly TableColumn[]): string {
  const { distribution } = design
  const isBeside =
    typeof distribution === 'object' && columns.some(({ name }) => name === distribution.column)
  const spread = isBeside
    ? `DISTSTYLE KEY DISTKEY (${sql.identifier(distribution.column)})`
    : 'DISTSTYLE EVEN'
  return `BACKUP NO ${spread}`
}

function deleteSuperseded(stage: Relation, key: readonly string[]): string {
  const table = sql.relation(stage)
  const row = sql.identifier(STAGE_ROW)
  const names = key.map(sql.identifier).join(', ')
  return `DELETE FROM ${table}
WHERE ${row} IN (SELECT ${row} FROM (
  SELECT ${row}, ROW_NUMBER() OVER (PARTITION BY ${names} ORDER BY ${row} DESC) AS ferry_turn FROM ${table}) AS t
  WHERE ferry_turn > 1)`
}

function swap({ target, stage }: Tables, { present }: LoadRequest): readonly LoadStep[] {
  return sql
    .replaceWithTable({ live: target, build: stage, was: present })
    .map(text => step(text, 'readers see the old table or the new one'))
}

function apply(tables: Tables, request: LoadRequest): readonly LoadStep[] {
  const { target, present, adds, strategy, design } = request
  const columns = strategy === 'history' ? [...design.columns, ...HISTORY_TYPES] : design.columns
  const lines = columns.map(column => definition(column, design))
  const create = `CREATE TABLE ${sql.relation(target)} (\n${lines.join(',\n')}\n)\n${tableAttributes(design)}`
  return [
    ...(present === undefined && strategy !== 'remove'
      ? [step(create, 'the first load makes it')]
      : []),
    ...adds.map(column => {
      const type = columnTypes.write(column.type)
      const text = `ALTER TABLE ${sql.relation(target)} ADD COLUMN ${sql.identifier(column.name)} ${type}`
      return step(text, 'the source has it now')
    }),
    ...loadChanges(statements, tables, request),
    step(`DROP TABLE ${sql.relation(tables.stage)}`, 'its rows are where they belong'),
  ]
}
