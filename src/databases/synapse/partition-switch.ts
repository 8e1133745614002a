/**
 * Whole days (or months) are exchanged by switching partitions, as the makers advise: no row of the old
 * ones is deleted, and none of the new ones is logged. A dedicated SQL pool takes no expression where a
 * boundary or the number of a partition stands, so that such statements are put together when they run.
 * @see "Partitioning tables in dedicated SQL pool": load new data into partitions that contain data in one step
 */
import { FerryError } from '../../core/errors.ts'
import type { Relation } from '../dialect.ts'
import { step } from '../load-changes.ts'
import { stagedColumns } from '../load-statements.ts'
import type { LoadRequest, LoadStep, TableDesign } from '../loading.ts'
import { sql } from './sql.ts'

const { identifier, literal, relation } = sql

/** Before every day that there is: what has no day lies alone in the first partition. */
const FIRST_BOUND = '0001-01-01'

export interface SwitchTables {
  readonly target: Relation
  /** Rows of their types. */
  readonly stage: Relation
  /** The first day of each period that the stage has rows of. */
  readonly days: Relation
  /** The stage's rows, laid out as the target is. */
  readonly fresh: Relation
}

/** An option of a table that is loaded by days: further bounds come with the days. */
export function partitionOption(design: TableDesign): string {
  const column = identifier(partitionOf(design).column)
  return `PARTITION (${column} RANGE RIGHT FOR VALUES ('${FIRST_BOUND}'))`
}

export function switchPartitions(
  tables: SwitchTables,
  request: LoadRequest,
  options: { readonly layout: string; readonly label: string },
): readonly LoadStep[] {
  const { target, days, fresh, stage } = tables
  const names = stagedColumns(request).map(({ name }) => identifier(name))
  const columns = names.join(', ')
  const insert = `INSERT INTO ${relation(fresh)} (${columns})\nSELECT ${columns} FROM ${relation(stage)}\n${options.label}`
  return [
    step(assertPartitioned(target), 'a table that was made otherwise is not taken apart'),
    step(createDays(tables, request.design), 'the periods that the files are of'),
    step(
      splitBounds(tables, request.design),
      'partitions of their own: those were empty until now',
    ),
    step(
      createFresh(tables, request.design, options.layout),
      'a table as the target is, with these partitions',
    ),
    step(insert, 'its rows are compressed before anybody sees them', 'written'),
    {
      ...step(countReplaced(tables, request.design), 'rows of those periods until now'),
      kind: 'query',
      counts: 'deleted',
    },
    step(
      switchEach({ target, days, fresh }),
      'those periods, whole; a matter of names, not of rows',
    ),
  ]
}

function partitionOf({ partition }: TableDesign): NonNullable<TableDesign['partition']> {
  if (partition !== undefined) return partition
  throw new FerryError('BUG', 'a load by partition names no column')
}

/** The bounds of tables as the pool's own catalog has them. */
const BOUNDS = `sys.partition_range_values AS v
  JOIN sys.partition_schemes AS p ON p.function_id = v.function_id
  JOIN sys.indexes AS i ON i.data_space_id = p.data_space_id AND i.index_id IN (0, 1)`

const isOf = (table: Relation): string => `i.object_id = OBJECT_ID(${literal(relation(table))})`

function assertPartitioned(target: Relation): string {
  const message = `${relation(target)} has no partitions: load it once under another name, or drop it, and it is made with them`
  return `IF NOT EXISTS (SELECT 1 FROM ${BOUNDS} WHERE ${isOf(target)}) THROW 50000, ${literal(message)}, 1`
}

function createDays({ days, stage }: SwitchTables, design: TableDesign): string {
  const start = startOf(design)
  return `CREATE TABLE ${relation(days)}\nWITH (DISTRIBUTION = ROUND_ROBIN, HEAP)\nAS SELECT DISTINCT ${start} AS ferry_from FROM ${relation(stage)}`
}

/** In UTC. */
function startOf(design: TableDesign): string {
  const { column, by } = partitionOf(design)
  const type = design.columns.find(one => one.name === column)?.type
  const name = identifier(column)
  const isZoned = type?.kind === 'timestamp' && type.zone
  const day = `CAST(${isZoned ? `SWITCHOFFSET(${name}, N'+00:00')` : name} AS date)`
  return by === 'day' ? day : `DATEADD(day, 1 - DAY(${day}), ${day})`
}

/** Where each period begins and ends. */
function bounds(days: Relation, { by }: { readonly by: 'day' | 'month' }): string {
  const table = relation(days)
  return `SELECT ferry_from AS ferry_bound FROM ${table} WHERE ferry_from IS NOT NULL
  UNION SELECT DATEADD(${by}, 1, ferry_from) FROM ${table} WHERE ferry_from IS NOT NULL`
}

/** An expression within a text that is put together. */
interface Put {
  readonly put: string
}

/** T-SQL that yields T-SQL: texts as they are, and what is put between them. */
function written(...pieces: readonly (string | Put)[]): string {
  const all = pieces.map(piece => (typeof piece === 'string' ? literal(piece) : piece.put))
  return `CAST(CONCAT(${all.join(', ')}) AS nvarchar(max))`
}

const date = (expression: string): Put => ({ put: `CONVERT(nvarchar(10), ${expression}, 23)` })

/** Runs the text that a query yields; none at all where there are no days. */
const dynamic = (query: string): string =>
  `DECLARE @ferry nvarchar(max) = COALESCE((${query}), N'')\nEXEC(@ferry)`

/** A bound that is there already is an error that is looked over; any other shows when partitions are switched. */
function splitBounds({ days, target }: SwitchTables, design: TableDesign): string {
  const attempt = written(
    `BEGIN TRY ALTER TABLE ${relation(target)} SPLIT RANGE ('`,
    date('b.ferry_bound'),
    `') END TRY BEGIN CATCH PRINT N'it is there' END CATCH`,
  )
  return dynamic(
    `SELECT STRING_AGG(${attempt}, N';\n') FROM (${bounds(days, partitionOf(design))}) AS b`,
  )
}

function createFresh(
  { days, target, fresh }: SwitchTables,
  design: TableDesign,
  layout: string,
): string {
  const partition = partitionOf(design)
  const values = `(SELECT STRING_AGG(${written(", '", date('b.ferry_bound'), "'")}, N'') WITHIN GROUP (ORDER BY b.ferry_bound)
  FROM (${bounds(days, partition)}) AS b)`
  const made = written(
    `CREATE TABLE ${relation(fresh)}\nWITH (${layout}, PARTITION (${identifier(partition.column)} RANGE RIGHT FOR VALUES ('${FIRST_BOUND}'`,
    { put: values },
    `)))\nAS SELECT * FROM ${relation(target)} WHERE 1 = 2`,
  )
  return dynamic(`SELECT ${made}`)
}

function countReplaced({ target, days }: SwitchTables, design: TableDesign): string {
  const { column, by } = partitionOf(design)
  const name = identifier(column)
  return `SELECT COUNT_BIG(*) FROM ${relation(target)} AS t
WHERE EXISTS (SELECT 1 FROM ${relation(days)} AS s WHERE t.${name} >= s.ferry_from AND t.${name} < DATEADD(${by}, 1, s.ferry_from))
  OR (t.${name} IS NULL AND EXISTS (SELECT 1 FROM ${relation(days)} AS s WHERE s.ferry_from IS NULL))`
}

/** The number of a partition is how many bounds are not after its first day, and one. */
function switchEach({ target, days, fresh }: Omit<SwitchTables, 'stage'>): string {
  const place = (table: Relation): string => `1 + SUM(CASE WHEN ${isOf(table)} THEN 1 ELSE 0 END)`
  const [from, to] = [relation(fresh), relation(target)]
  const found = `CONCAT(${literal(`ALTER TABLE ${from} SWITCH PARTITION `)}, ${place(fresh)}, ${literal(` TO ${to} PARTITION `)}, ${place(target)}, ${literal(' WITH (TRUNCATE_TARGET = ON)')})`
  const turn = { put: 'd.ferry_turn' }
  const dated = written(
    'DECLARE @switch',
    turn,
    ` nvarchar(max) = (SELECT ${found}\n  FROM ${BOUNDS} WHERE CAST(v.value AS date) <= '`,
    date('d.ferry_from'),
    "') EXEC(@switch",
    turn,
    ')',
  )
  const dateless = literal(
    `ALTER TABLE ${from} SWITCH PARTITION 1 TO ${to} PARTITION 1 WITH (TRUNCATE_TARGET = ON)`,
  )
  return dynamic(`SELECT STRING_AGG(CASE WHEN d.ferry_from IS NULL THEN ${dateless} ELSE ${dated} END, N';\n')
FROM (SELECT ferry_from, ROW_NUMBER() OVER (ORDER BY ferry_from) AS ferry_turn FROM ${relation(days)}) AS d`)
}
