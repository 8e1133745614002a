import type { TableColumn } from '../../formats/column-type.ts'
import type { Relation } from '../dialect.ts'
import { insertIntoLedger, LEDGER, LEDGER_COLUMNS } from '../ledger.ts'
import { HISTORY_TYPES } from '../load-statements.ts'
import {
  HISTORY_COLUMNS,
  type LoadPlan,
  type LoadRequest,
  type LoadStep,
  type LoadWriter,
} from '../loading.ts'
import { stagingOf } from '../staging.ts'
import { STAGE_ROW, type Tables } from '../whole-name-statements.ts'
import { bulkLoad, bulkStatement } from './bulk-load.ts'
import { capabilities } from './capabilities.ts'
import { columnTypes } from './column-types.ts'
import { fit } from './fit.ts'
import { inTransaction, loadChanges, step } from '../load-changes.ts'
import { COLLATION, deleteSuperseded, statements } from './load-statements.ts'
import { sql, unlessThere } from './sql.ts'

/**
 * SQL Server as a warehouse: rows are streamed by bulk load into a heap beside the table, under a table
 * lock, so that their log stays small where the database allows that. What changes the table is one
 * short transaction. Updates and inserts in place of MERGE, which has a history of faults, and which
 * would need HOLDLOCK to be as safe.
 * @see "Prerequisites for minimal logging in bulk import"
 */
export const loading: LoadWriter = {
  advice: {
    takes: 'stream',
    formats: ['csv'],
    stages: [],
    nullText: '',
    partBytes: 64_000_000,
    multipleOf: 1,
  },
  createLedger: [sql.createSchema(LEDGER.schema ?? ''), createLedger()],
  plan,
  stream: (session, step, rows) => {
    return bulkLoad(session, { into: step.into, columns: step.columns, typeOf: stageType }, rows)
  },
  fit,
}

function createLedger(): string {
  const columns = LEDGER_COLUMNS.map(({ name, characters }) => {
    const type = characters === 'bigint' ? 'bigint' : `varchar(${characters})`
    const isKey = name === 'delivery' || name === 'table_name'
    return `${sql.identifier(name)} ${type} ${isKey ? 'NOT NULL' : 'NULL'}`
  })
  const key = 'PRIMARY KEY ([delivery], [table_name])'
  return unlessThere(
    `OBJECT_ID(${sql.literal(sql.relation(LEDGER))})`,
    `CREATE TABLE ${sql.relation(LEDGER)} (${columns.join(', ')}, ${key})`,
  )
}

function plan(request: LoadRequest): LoadPlan {
  const { target, strategy, ledger } = request
  const stage = stagingOf(target, capabilities.maxIdentifierBytes)
  const drop = sql.dropTable(stage)
  const tables = { target, stage }
  const schema = target.schema === undefined ? [] : [sql.createSchema(target.schema)]
  return {
    steps: [
      ...schema.map(text => step(text, 'the schema of the source')),
      step(drop, 'what a load that was killed left'),
      ...stageRows(tables, request),
      ...(strategy === 'replace' ? prepareNew(tables, request) : []),
      ...inTransaction([
        step(insertIntoLedger(sql, ledger), 'of two loads at once one waits here, and fails'),
        ...(strategy === 'replace' ? swap(tables, request) : apply(tables, request)),
      ]),
      step(`UPDATE STATISTICS ${sql.relation(target)}`, 'the planner learns of the rows'),
      {
        ...step(`SELECT COUNT_BIG(*) FROM ${sql.relation(target)}`, 'for the pages'),
        kind: 'query',
        counts: 'tableRows',
      },
    ],
    cleanup: [drop],
  }
}

/** The type of a column beside which its key is not known: as it is staged. */
const stageType = (column: TableColumn): string => columnTypes.write(column.type)

/** Longest text that a key can have in an index, of which 900 bytes are for the whole key. */
const KEY_UNITS = 450

/** A column of a table: texts compare by their characters, and those of a key are short. */
function definition(column: TableColumn, key: readonly string[]): string {
  const isKey = key.includes(column.name)
  const type = stageType(column)
  const isLong =
    type === 'nvarchar(max)' || Number(/^nvarchar\((\d+)\)$/.exec(type)?.[1]) > KEY_UNITS
  const shown = isKey && isLong ? `nvarchar(${KEY_UNITS})` : type
  const collation = type.startsWith('nvarchar') ? ` COLLATE ${COLLATION}` : ''
  return `  ${sql.identifier(column.name)} ${shown}${collation} ${isKey ? 'NOT NULL' : 'NULL'}`
}

function createTable(table: Relation, lines: readonly string[]): string {
  return `CREATE TABLE ${sql.relation(table)} (\n${lines.join(',\n')}\n)`
}

function stageRows({ stage }: Tables, request: LoadRequest): readonly LoadStep[] {
  const { design, files, strategy } = request
  const byName = new Map(design.columns.map(column => [column.name, column]))
  // Every field goes somewhere, also those of columns that are to be ignored.
  const inFiles = files.columns.map(name => byName.get(name) ?? asText(name))
  const columns = strategy === 'replace' ? design.columns : inFiles
  const lines = columns.map(column => definition(column, design.key))
  const row = `  ${sql.identifier(STAGE_ROW)} bigint IDENTITY(1,1) NOT NULL`
  const bulk = bulkStatement({ into: stage, columns: inFiles, typeOf: stageType })
  const stream: LoadStep = {
    ...step(bulk, `the rows of ${files.parts.length} parts, under a lock of the heap`, 'staged'),
    kind: 'stream',
    into: stage,
    columns: inFiles,
  }
  return [
    step(createTable(stage, [...lines, row]), 'rows are put beside the table first'),
    ...(files.parts.length === 0 ? [] : [stream]),
    ...superseded(stage, design.key),
  ]
}

const asText = (name: string): TableColumn => {
  return { name, type: { kind: 'text' }, nullable: true, native: 'nvarchar(max)' }
}

function superseded(stage: Relation, key: readonly string[]): readonly LoadStep[] {
  if (key.length === 0) return []
  const text = deleteSuperseded(stage, key)
  return [step(text, 'of rows with the same key the last one counts', 'superseded')]
}

/** `replace`: the staging table becomes the table. */
function prepareNew({ stage }: Tables, { design }: LoadRequest): readonly LoadStep[] {
  const table = sql.relation(stage)
  const key = `ALTER TABLE ${table} ADD PRIMARY KEY (${names(design.key)})`
  return [
    step(`ALTER TABLE ${table} DROP COLUMN ${sql.identifier(STAGE_ROW)}`, 'it is the table now'),
    ...(design.key.length === 0 ? [] : [step(key, 'by it the next load finds its rows')]),
  ]
}

function swap({ target, stage }: Tables, { present }: LoadRequest): readonly LoadStep[] {
  return sql
    .replaceWithTable({ live: target, build: stage, was: present })
    .map(text => step(text, 'readers see the old table or the new one'))
}

const names = (columns: readonly string[]): string => columns.map(sql.identifier).join(', ')

function apply(tables: Tables, request: LoadRequest): readonly LoadStep[] {
  const { target, present, adds, strategy } = request
  return [
    ...(present === undefined && strategy !== 'remove' ? create(target, request) : []),
    ...adds.map(column => {
      const text = `ALTER TABLE ${sql.relation(target)} ADD${definition(column, []).slice(1)}`
      return step(text, 'the source has it now')
    }),
    ...loadChanges(statements, tables, request),
    step(sql.dropTable(tables.stage), 'its rows are where they belong'),
  ]
}

function create(target: Relation, { design, strategy }: LoadRequest): readonly LoadStep[] {
  const isHistory = strategy === 'history'
  const columns = isHistory ? [...design.columns, ...HISTORY_TYPES] : design.columns
  const text = createTable(
    target,
    columns.map(column => definition(column, design.key)),
  )
  const table = sql.relation(target)
  const index = isHistory
    ? `CREATE UNIQUE INDEX [ferry_now] ON ${table} (${names(design.key)}) WHERE ${sql.identifier(HISTORY_COLUMNS.to)} IS NULL`
    : `ALTER TABLE ${table} ADD PRIMARY KEY (${names(design.key)})`
  return [
    step(text, 'the first load makes it'),
    ...(design.key.length === 0 || strategy === 'partition'
      ? []
      : [step(index, 'by it rows are found')]),
  ]
}
