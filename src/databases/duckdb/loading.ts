import { FerryError } from '../../core/errors.ts'
import { insertIntoLedger, LEDGER, LEDGER_COLUMNS } from '../ledger.ts'
import {
  createTable,
  deleteMissing,
  deleteStaged,
  deleteSuperseded,
  differs,
  HISTORY_TYPES,
  historyStatements,
  insertNew,
  insertStaged,
  stagedColumns,
  type Tables,
} from '../load-statements.ts'
import {
  type LoadCount,
  type LoadPart,
  type LoadPlan,
  type LoadRequest,
  type LoadStep,
  type LoadWriter,
} from '../loading.ts'
import { stagingOf } from '../staging.ts'
import { capabilities } from './capabilities.ts'
import { columnTypes } from './column-types.ts'
import { fit } from './fit.ts'
import { readFiles } from './read-files.ts'
import { sql } from './sql.ts'

/** DuckDB reads the files itself, several threads a file; it has no use for a distribution. */
export const loading: LoadWriter = {
  advice: {
    takes: 'local',
    formats: ['csv', 'jsonl', 'parquet'],
    stages: [],
    nullText: '',
    partBytes: 64_000_000,
    multipleOf: 1,
  },
  createLedger: [sql.createSchema(LEDGER.schema ?? ''), createLedger()],
  plan,
  stream: () => {
    throw new FerryError('BUG', 'DuckDB reads files by itself')
  },
  fit,
}

function createLedger(): string {
  const columns = LEDGER_COLUMNS.map(({ name, characters }) => {
    return `${sql.identifier(name)} ${characters === 'bigint' ? 'BIGINT' : 'VARCHAR'}`
  })
  return `CREATE TABLE IF NOT EXISTS ${sql.relation(LEDGER)} (${columns.join(', ')}, PRIMARY KEY (delivery, table_name))`
}

function plan(request: LoadRequest): LoadPlan {
  const { target, strategy } = request
  const stage = stagingOf(target, capabilities.maxIdentifierBytes)
  const tables = { sql, target, stage }
  const drop = sql.dropTable(stage)
  const transaction =
    strategy === 'replace' ? replace(tables, request) : apply(tables, request, STRATEGIES[strategy])
  const count = `SELECT count(*) FROM ${sql.relation(target)}`
  return {
    steps: [
      ...(target.schema === undefined
        ? []
        : [step(sql.createSchema(target.schema), 'the schema of the source')]),
      step(drop, 'what a load that was killed left'),
      ...stageSteps(tables, request),
      ...[
        step(insertIntoLedger(sql, request.ledger), 'of two loads at once one fails here'),
        ...transaction,
        { ...step(count, 'DuckDB knows it'), kind: 'query', counts: 'tableRows' } as const,
      ].map(one => ({ ...one, inTransaction: true })),
    ],
    cleanup: [drop],
  }
}

/** Rows in the files' own order; of a sorted design in that order, which lets DuckDB skip row groups. */
function stageSteps({ stage }: Tables, request: LoadRequest): readonly LoadStep[] {
  const { design, files, strategy } = request
  const columns = stagedColumns(request)
  const notNull = design.key
  const table = createTable(sql, stage, columns, { nativeOf: columnTypes.write, notNull })
  const order =
    strategy !== 'replace' || design.sort === undefined || design.sort.length === 0
      ? ''
      : `\nORDER BY ${design.sort.map(name => sql.identifier(name)).join(', ')}`
  const fill = batches(files.parts).map((parts): LoadStep => {
    const text = `INSERT INTO ${sql.relation(stage)}\n${readFiles({ ...files, parts }, columns)}${order}`
    return {
      ...step(text, 'DuckDB reads the files itself, with all its threads', 'staged'),
      reads: parts,
    }
  })
  return [step(`CREATE ${table}`, 'rows are put beside the table first'), ...fill]
}

/** Parts that are read by one statement: what is brought from a store must be on this machine's disk. */
const MAX_BATCH_BYTES = 2_000_000_000

function batches(parts: readonly LoadPart[]): readonly (readonly LoadPart[])[] {
  const all: LoadPart[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const part of parts) {
    if (bytes + part.bytes > MAX_BATCH_BYTES) {
      all.push([])
      bytes = 0
    }
    all.at(-1)?.push(part)
    bytes += part.bytes
  }
  return all
}

function replace(tables: Tables, request: LoadRequest): readonly LoadStep[] {
  const { target, design, present } = request
  const swap = sql.replaceWithTable({ live: target, build: tables.stage, was: present })
  return [
    ...superseded(tables, design.key),
    ...swap.map(text => step(text, 'readers see the old table or the new one')),
  ]
}

/** Of rows with the same key the last one counts. */
function superseded(tables: Tables, key: readonly string[]): readonly LoadStep[] {
  if (key.length === 0) return []
  const text = deleteSuperseded(tables, key, 'rowid')
  return [step(text, 'of rows with the same key the last one counts', 'superseded')]
}

function apply(tables: Tables, request: LoadRequest, strategySteps: Apply): readonly LoadStep[] {
  const { target, design, strategy } = request
  const name = sql.relation(target)
  const isHistory = strategy === 'history'
  const columns = isHistory ? [...design.columns, ...HISTORY_TYPES] : design.columns
  const table = createTable(sql, target, columns, { nativeOf: columnTypes.write, notNull: [] })
  return [
    ...(request.present === undefined && strategy !== 'remove'
      ? [step(`CREATE ${table}`, 'the first load makes it')]
      : []),
    ...request.adds.map(column => {
      const definition = `${sql.identifier(column.name)} ${columnTypes.write(column.type)}`
      return step(`ALTER TABLE ${name} ADD COLUMN ${definition}`, 'the source has it now')
    }),
    ...superseded(tables, design.key),
    ...strategySteps(tables, request),
    step(sql.dropTable(tables.stage), 'its rows are where they belong'),
  ]
}

type Apply = (tables: Tables, request: LoadRequest) => readonly LoadStep[]

const STRATEGIES: Readonly<Record<Exclude<LoadRequest['strategy'], 'replace'>, Apply>> = {
  append(tables, request) {
    const { key } = request.design
    const columns = stagedColumns(request)
    return key.length === 0
      ? [step(insertStaged(tables, columns), 'all of them', 'written')]
      : [step(insertNew(tables, columns, key), 'those that are not there yet', 'written')]
  },
  // Twenty times faster than MERGE or UPDATE (bench/load/merge.bench.ts), which change rows in place.
  merge(tables, request) {
    const { key } = request.design
    const gone = step(
      deleteMissing(tables, key),
      'the files hold all rows: others are gone',
      'deleted',
    )
    return [
      ...(request.complete ? [gone] : []),
      step(
        deleteStaged(tables, key),
        'DuckDB replaces rows faster than it changes them',
        'updated',
      ),
      step(insertStaged(tables, stagedColumns(request)), 'new and changed rows', 'written'),
    ]
  },
  history(tables, request) {
    const others = stagedColumns(request).filter(one => !request.design.key.includes(one.name))
    const differ = others.length === 0 ? undefined : differs(sql, others)
    const { ended, gone, began } = historyStatements(tables, request, differ)
    return [
      ...(ended === undefined ? [] : [step(ended, 'versions that have changed end', 'updated')]),
      ...(gone === undefined ? [] : [step(gone, 'rows that are gone end', 'deleted')]),
      step(began, 'new versions begin', 'written'),
    ]
  },
  partition(tables, request) {
    return [
      step(deletePeriods(tables, request), 'the days that the files are of', 'deleted'),
      step(insertStaged(tables, stagedColumns(request)), 'those days, whole', 'written'),
    ]
  },
  remove(tables, request) {
    return [step(deleteStaged(tables, request.design.key), 'rows that are gone', 'deleted')]
  },
}

function deletePeriods({ target, stage }: Tables, { design }: LoadRequest): string {
  const { column = '', by = 'day' } = design.partition ?? {}
  const type = design.columns.find(one => one.name === column)?.type
  const isZoned = type?.kind === 'timestamp' && type.zone
  const name = sql.identifier(column)
  const period = (of: string): string =>
    `date_trunc('${by}', ${isZoned ? `${of}.${name} AT TIME ZONE 'UTC'` : `${of}.${name}`})`
  return `DELETE FROM ${sql.relation(target)} AS t
USING (SELECT DISTINCT ${period('r')} AS ferry_period FROM ${sql.relation(stage)} AS r) AS s
WHERE ${period('t')} IS NOT DISTINCT FROM s.ferry_period`
}

function step(text: string, why: string, counts?: LoadCount) {
  return { kind: 'sql', text, why, counts, inTransaction: false } as const
}
