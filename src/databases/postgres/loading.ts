import type { TableColumn } from '../../formats/column-type.ts'
import type { Relation } from '../dialect.ts'
import { insertIntoLedger, LEDGER, LEDGER_COLUMNS } from '../ledger.ts'
import {
  createTable,
  deleteMissing,
  deleteStaged,
  deleteSuperseded,
  differs,
  historyStatements,
  HISTORY_TYPES,
  insertNew,
  insertStaged,
  namesOf,
  sameKey,
  stagedColumns,
  type Tables,
} from '../load-statements.ts'
import {
  HISTORY_COLUMNS,
  type LoadCount,
  type LoadPlan,
  type LoadRequest,
  type LoadStep,
  type LoadWriter,
} from '../loading.ts'
import { stagingOf } from '../staging.ts'
import { capabilities } from './capabilities.ts'
import { columnTypes } from './column-types.ts'
import { copyInto } from './driver.ts'
import { fit } from './fit.ts'
import { sql } from './sql.ts'

/**
 * PostgreSQL as a warehouse: rows are streamed through COPY FROM STDIN, into an unlogged table of the
 * changes, or into the new table itself where all rows come. Needs PostgreSQL 15 for MERGE.
 * @see https://www.postgresql.org/docs/current/populate.html
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
  stream: (session, step, rows) => copyInto(session, step.text, rows),
  fit,
}

function createLedger(): string {
  const columns = LEDGER_COLUMNS.map(({ name, characters }) => {
    return `${sql.identifier(name)} ${characters === 'bigint' ? 'bigint' : `varchar(${characters})`}`
  })
  return `CREATE TABLE IF NOT EXISTS ${sql.relation(LEDGER)} (${columns.join(', ')}, PRIMARY KEY (delivery, table_name))`
}

function plan(request: LoadRequest): LoadPlan {
  const { target, ledger } = request
  const stage = stagingOf(target, capabilities.maxIdentifierBytes)
  const tables = { sql, target, stage }
  const drop = sql.dropTable(stage)
  const schema = target.schema === undefined ? [] : [sql.createSchema(target.schema)]
  return {
    steps: [
      ...schema.map(text => step(text, 'the schema of the source')),
      step(drop, 'what a load that was killed left'),
      ...(request.strategy === 'replace'
        ? replace(tables, request)
        : [
            ...stageChanges(tables, request),
            ...inTransaction([
              step(insertIntoLedger(sql, ledger), 'of two loads at once one waits here, and fails'),
              ...apply(tables, request, STRATEGIES[request.strategy]),
            ]),
          ]),
      ...sql.analyze(target).map(text => step(text, 'the planner learns of the rows')),
      {
        ...step(`SELECT count(*) FROM ${sql.relation(target)}`, 'for the pages'),
        kind: 'query',
        counts: 'tableRows',
      },
    ],
    cleanup: [drop],
  }
}

/**
 * All in one transaction: PostgreSQL skips its log for rows copied into a table of the same
 * transaction where it may (wal_level = minimal).
 */
function replace(tables: Tables, request: LoadRequest): readonly LoadStep[] {
  const { target, design, present, files } = request
  const { stage } = tables
  const more = { nativeOf: columnTypes.write, notNull: design.key }
  const table = createTable(sql, stage, design.columns, more)
  const inFiles = design.columns.filter(column => files.columns.includes(column.name))
  const swap = sql.replaceWithTable({ live: target, build: stage, was: present })
  return inTransaction([
    step(insertIntoLedger(sql, request.ledger), 'of two loads at once one waits here, and fails'),
    step(`CREATE ${table}`, 'the new table, beside the old one'),
    ...copy(tables, request, inFiles),
    ...superseded(tables, design.key),
    ...primaryKey(tables, design.key),
    ...swap.map(text => step(text, 'readers see the old table or the new one')),
  ])
}

/** Unlogged: what is lost in a crash is loaded again. */
function stageChanges(tables: Tables, request: LoadRequest): readonly LoadStep[] {
  const byName = new Map(request.design.columns.map(column => [column.name, column]))
  // COPY puts every field somewhere, also those of columns that are to be ignored.
  const columns = request.files.columns.map(name => byName.get(name) ?? asText(name))
  const more = { nativeOf: columnTypes.write, notNull: request.design.key }
  const table = createTable(sql, tables.stage, columns, more)
  return [
    step(`CREATE UNLOGGED ${table}`, 'rows are put beside the table first, without a log'),
    ...copy(tables, request, columns),
    ...sql.analyze(tables.stage).map(text => step(text, 'the planner learns how few they are')),
  ]
}

const asText = (name: string): TableColumn => {
  return { name, type: { kind: 'text' }, nullable: true, native: 'text' }
}

function copy(
  { stage }: Tables,
  { files }: LoadRequest,
  columns: readonly TableColumn[],
): readonly LoadStep[] {
  if (files.parts.length === 0) return []
  const inOrder = files.columns.flatMap(name => columns.filter(column => column.name === name))
  const text = `COPY ${sql.relation(stage)} (${namesOf(sql, inOrder)}) FROM STDIN (FORMAT csv)`
  const { length } = files.parts
  const why = length === 1 ? 'as they come' : `${length} parts, one after the other`
  return [{ ...step(text, why, 'staged'), kind: 'stream', into: stage, columns: inOrder }]
}

/** Of rows with the same key the last one counts. `ctid` grows as a new table is filled. */
function superseded(tables: Tables, key: readonly string[]): readonly LoadStep[] {
  if (key.length === 0) return []
  const text = deleteSuperseded(tables, key, 'ctid')
  return [step(text, 'of rows with the same key the last one counts', 'superseded')]
}

/** After the rows are there, which is quicker; by it merges find their rows. */
function primaryKey({ stage }: Tables, key: readonly string[]): readonly LoadStep[] {
  if (key.length === 0) return []
  const names = key.map(name => sql.identifier(name)).join(', ')
  const text = `ALTER TABLE ${sql.relation(stage)} ADD PRIMARY KEY (${names})`
  return [step(text, 'by it the next merge finds its rows')]
}

type Apply = (tables: Tables, request: LoadRequest) => readonly LoadStep[]

function apply(tables: Tables, request: LoadRequest, strategySteps: Apply): readonly LoadStep[] {
  const { target, design, strategy } = request
  const name = sql.relation(target)
  return [
    ...(request.present === undefined && strategy !== 'remove' ? create(target, request) : []),
    ...request.adds.map(column => {
      const definition = `${sql.identifier(column.name)} ${columnTypes.write(column.type)}`
      return step(`ALTER TABLE ${name} ADD COLUMN ${definition}`, 'the source has it now')
    }),
    ...superseded(tables, design.key),
    ...strategySteps(tables, request),
    step(sql.dropTable(tables.stage), 'its rows are where they belong'),
  ]
}

function create(target: Relation, { design, strategy }: LoadRequest): readonly LoadStep[] {
  const isHistory = strategy === 'history'
  const columns = isHistory ? [...design.columns, ...HISTORY_TYPES] : design.columns
  const more = { nativeOf: columnTypes.write, notNull: [] }
  const names = design.key.map(name => sql.identifier(name)).join(', ')
  const table = sql.relation(target)
  const index = isHistory
    ? `CREATE UNIQUE INDEX ON ${table} (${names}) WHERE ${sql.identifier(HISTORY_COLUMNS.to)} IS NULL`
    : `ALTER TABLE ${table} ADD PRIMARY KEY (${names})`
  return [
    step(`CREATE ${createTable(sql, target, columns, more)}`, 'the first load makes it'),
    ...(names === '' || strategy === 'partition' ? [] : [step(index, 'by it rows are found')]),
  ]
}

const STRATEGIES: Readonly<Record<Exclude<LoadRequest['strategy'], 'replace'>, Apply>> = {
  append(tables, request) {
    const { key } = request.design
    const columns = stagedColumns(request)
    return key.length === 0
      ? [step(insertStaged(tables, columns), 'all of them', 'written')]
      : [step(insertNew(tables, columns, key), 'those that are not there yet', 'written')]
  },
  merge(tables, request) {
    const gone = deleteMissing(tables, request.design.key)
    return [
      ...(request.complete
        ? [step(gone, 'the files hold all rows: others are gone', 'deleted')]
        : []),
      step(merge(tables, request), 'rows that are as they were are left alone', 'written'),
    ]
  },
  history(tables, request) {
    const others = stagedColumns(request).filter(one => !request.design.key.includes(one.name))
    const differ = others.length === 0 ? undefined : differs(sql, others, compared)
    const { ended, gone, began } = historyStatements(tables, request, differ)
    return [
      ...(ended === undefined ? [] : [step(ended, 'versions that have changed end', 'updated')]),
      ...(gone === undefined ? [] : [step(gone, 'rows that are gone end', 'deleted')]),
      step(began, 'new versions begin', 'written'),
    ]
  },
  partition(tables, request) {
    return [
      ...deletePeriods(tables, request).map(text => {
        return step(text, 'the days that the files are of', 'deleted')
      }),
      step(insertStaged(tables, stagedColumns(request)), 'those days, whole', 'written'),
    ]
  },
  remove(tables, request) {
    return [step(deleteStaged(tables, request.design.key), 'rows that are gone', 'deleted')]
  },
}

function merge({ target, stage }: Tables, request: LoadRequest): string {
  const columns = stagedColumns(request)
  const { key } = request.design
  const others = columns.filter(column => !key.includes(column.name))
  const names = namesOf(sql, columns)
  const set = others.map(({ name }) => `${sql.identifier(name)} = s.${sql.identifier(name)}`)
  const values = columns.map(({ name }) => `s.${sql.identifier(name)}`).join(', ')
  const update =
    others.length === 0
      ? ''
      : `WHEN MATCHED AND ${differs(sql, others, compared)} THEN UPDATE SET ${set.join(', ')}\n`
  return `MERGE INTO ${sql.relation(target)} AS t
USING ${sql.relation(stage)} AS s ON ${sameKey(sql, key, 't', 's')}
${update}WHEN NOT MATCHED THEN INSERT (${names}) VALUES (${values})`
}

/** Its type json has no equality. */
function compared({ name, type }: TableColumn, of: string): string {
  const value = `${of}.${sql.identifier(name)}`
  return type.kind === 'json' ? `CAST(${value} AS text)` : value
}

/** By ranges of the column, so that an index on it is used. */
function deletePeriods({ target, stage }: Tables, { design }: LoadRequest): readonly string[] {
  const { column = '', by = 'day' } = design.partition ?? {}
  const type = design.columns.find(one => one.name === column)?.type
  const isZoned = type?.kind === 'timestamp' && type.zone
  const name = sql.identifier(column)
  const start = isZoned
    ? `date_trunc('${by}', ${name}, 'UTC')`
    : `date_trunc('${by}', CAST(${name} AS timestamp))`
  const end = isZoned
    ? `date_trunc('${by}', ${name}, 'UTC') + interval '1 ${by}'`
    : `${start} + interval '1 ${by}'`
  const table = sql.relation(target)
  return [
    `DELETE FROM ${table} AS t
USING (SELECT DISTINCT ${start} AS ferry_from, ${end} AS ferry_to FROM ${sql.relation(stage)}) AS s
WHERE t.${name} >= s.ferry_from AND t.${name} < s.ferry_to`,
    `DELETE FROM ${table}
WHERE ${name} IS NULL AND EXISTS (SELECT 1 FROM ${sql.relation(stage)} WHERE ${name} IS NULL)`,
  ]
}

function inTransaction(steps: readonly LoadStep[]): readonly LoadStep[] {
  return steps.map(one => ({ ...one, inTransaction: true }))
}

function step(text: string, why: string, counts?: LoadCount) {
  return { kind: 'sql', text, why, counts, inTransaction: false } as const
}
