import type { TableColumn } from '../../formats/column-type.ts'
import { insertIntoLedger, LEDGER, LEDGER_COLUMNS } from '../ledger.ts'
import { HISTORY_TYPES } from '../load-statements.ts'
import type { Relation } from '../dialect.ts'
import type { LoadPlan, LoadRequest, LoadStep, LoadWriter } from '../loading.ts'
import { columnTypes } from '../mssql/column-types.ts'
import { inTransaction, loadChanges, step } from '../load-changes.ts'
import { COLLATION, statements } from '../mssql/load-statements.ts'
import { unlessThere } from '../mssql/sql.ts'
import { stagingOf } from '../staging.ts'
import { STAGE_ROW, type Tables } from '../whole-name-statements.ts'
import { FerryError } from '../../core/errors.ts'
import { capabilities } from './capabilities.ts'
import { copyInto, labelOption } from './copy-into.ts'
import { sql } from './sql.ts'
import {
  dropExternal,
  type ExternalNames,
  externalRows,
  polybaseCredential,
} from './external-table.ts'
import { fit } from './fit.ts'
import { partitionOption, switchPartitions } from './partition-switch.ts'
import { NULL_TEXT, stagedType, stagedValue } from './staged-value.ts'
import { stageOptions, tableLayout, tableOptions } from './table-design.ts'

/**
 * Synapse as a warehouse: it fetches the parts from Azure's storage by COPY INTO, into a heap of texts;
 * CREATE TABLE AS SELECT makes rows of their types, distributed as the table is. A whole table is
 * exchanged by its name; changes are updates, inserts and deletions in one transaction, which takes no
 * DDL. Of rows with the same key one counts; which one is not told, as parts are read at once.
 */
export const loading: LoadWriter = {
  advice: {
    takes: 'url',
    formats: ['csv'],
    stages: ['az', 'https', 'wasbs', 'abfss'],
    nullText: NULL_TEXT,
    partBytes: 128_000_000,
    multipleOf: 60, // distributions
  },
  createLedger: [sql.createSchema(LEDGER.schema ?? ''), createLedger()],
  plan,
  stream: () => {
    throw new FerryError('BUG', 'Synapse fetches its files itself')
  },
  fit,
}

function createLedger(): string {
  const columns = LEDGER_COLUMNS.map(({ name, characters }) => {
    const type = characters === 'bigint' ? 'bigint' : `varchar(${characters})`
    return `${sql.identifier(name)} ${type} NULL`
  })
  return unlessThere(
    `OBJECT_ID(${sql.literal(sql.relation(LEDGER))})`,
    `CREATE TABLE ${sql.relation(LEDGER)} (${columns.join(', ')}) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)`,
  )
}

/** In characters. */
const MOST_NAME = 128

function plan(request: LoadRequest): LoadPlan {
  const { target, strategy, ledger } = request
  const stage = stagingOf(target, capabilities.maxIdentifierBytes)
  const texts = stagingOf(
    { ...target, name: `${target.name}_texts` },
    capabilities.maxIdentifierBytes,
  )
  const beside = (what: string): Relation =>
    stagingOf({ ...target, name: `${target.name}_${what}` }, capabilities.maxIdentifierBytes)
  const table = beside('files')
  const external = {
    table,
    shared: [target.schema ?? '', table.name].join('_').slice(0, MOST_NAME),
  }
  const tables = { target, stage, texts, days: beside('days'), fresh: beside('fresh'), external }
  const made = strategy === 'partition' ? [texts, stage, tables.days, tables.fresh] : [texts, stage]
  const isExternal = polybaseCredential(request.files.stage?.identity) !== undefined
  const drops = [
    ...(isExternal ? dropExternal(external) : []),
    ...made.map(name => sql.dropTable(name)),
  ]
  const label = labelOption(`ferry load ${ledger.table} ${ledger.date}`)
  const schema = target.schema === undefined ? [] : [sql.createSchema(target.schema)]
  const noted = step(insertIntoLedger(sql, ledger), 'the delivery is in the table from here on')
  return {
    steps: [
      ...schema.map(text => step(text, 'the schema of the source')),
      ...drops.map(text => step(text, 'what a load that was killed left')),
      ...stageRows(tables, request, label),
      ...(strategy === 'replace'
        ? [...swap(tables, request), noted] // names are no part of transactions
        : strategy === 'partition'
          ? [
              ...design(request),
              ...switchPartitions(tables, request, { layout: tableLayout(request.design), label }),
              noted, // what is switched is switched: done again, it is the same
            ]
          : [
              ...design(request),
              ...inTransaction([
                noted,
                ...loadChanges(statements, tables, request).map(one => ({
                  ...one,
                  text: `${one.text}\n${label}`,
                })),
              ]),
            ]),
      ...drops.map(text => step(text, 'its rows are where they belong')),
      step(`UPDATE STATISTICS ${sql.relation(target)}`, 'the planner learns of the rows'),
      {
        ...step(`SELECT COUNT_BIG(*) FROM ${sql.relation(target)}`, 'for the pages'),
        kind: 'query',
        counts: 'tableRows',
      },
    ],
    cleanup: drops,
  }
}

interface StageTables extends Tables {
  /** Rows as they were in the files. */
  readonly texts: Tables['stage']
  readonly external: ExternalNames
}

function stageRows(
  { stage, texts, external }: StageTables,
  request: LoadRequest,
  label: string,
): readonly LoadStep[] {
  const { design: table, files, strategy, ledger } = request
  const byName = new Map(table.columns.map(column => [column.name, column]))
  const inFiles = files.columns.map(name => byName.get(name) ?? asText(name))
  const lines = inFiles.map(column => {
    return `  ${sql.identifier(column.name)} ${stagedType(column)} COLLATE ${COLLATION} NULL`
  })
  const row = `  ${sql.identifier(STAGE_ROW)} bigint IDENTITY(1,1) NOT NULL`
  const create = `CREATE TABLE ${sql.relation(texts)} (\n${[...lines, row].join(',\n')}\n)\nWITH (DISTRIBUTION = ROUND_ROBIN, HEAP)`
  const isExternal =
    files.parts.length > 0 && polybaseCredential(files.stage?.identity) !== undefined
  const copy = isExternal ? '' : copyInto(texts, files, `ferry load ${ledger.table} ${ledger.date}`)
  const options =
    strategy === 'replace' ? tableOptions(table) : stageOptions({ ...table, columns: inFiles })
  const wanted = strategy === 'replace' ? table.columns : inFiles
  const typed = `CREATE TABLE ${sql.relation(stage)}\n${options}\nAS ${typedRows(texts, wanted, request)}\n${label}`
  const dropped = `SELECT a.n - b.n FROM (SELECT COUNT_BIG(*) AS n FROM ${sql.relation(texts)}) AS a
CROSS JOIN (SELECT COUNT_BIG(*) AS n FROM ${sql.relation(stage)}) AS b`
  return [
    ...(isExternal
      ? externalRows(texts, external, { ...files, inFiles, label })
      : [step(create, 'rows are fetched as texts: an empty one and NULL are told apart then')]),
    ...(files.parts.length === 0 || isExternal
      ? []
      : [step(copy, `the engine fetches ${files.parts.length} parts at once`, 'staged')]),
    step(typed, 'values of their types, where the table has its rows'),
    ...(table.key.length === 0
      ? []
      : [
          {
            ...step(dropped, 'rows with a key that another row has'),
            kind: 'query',
            counts: 'superseded',
          } as const,
        ]),
  ]
}

const asText = (name: string): TableColumn => {
  return { name, type: { kind: 'text' }, nullable: true, native: 'nvarchar(max)' }
}

function typedRows(
  texts: Tables['stage'],
  wanted: readonly TableColumn[],
  request: LoadRequest,
): string {
  const { key } = request.design
  const values = wanted.map(column => {
    const value = request.files.columns.includes(column.name)
      ? stagedValue(column)
      : `CAST(NULL AS ${columnTypes.write(column.type)})`
    const collated = columnTypes.write(column.type).startsWith('nvarchar')
      ? `${value} COLLATE ${COLLATION}`
      : value
    return `${collated} AS ${sql.identifier(column.name)}`
  })
  const select = `SELECT ${values.join(',\n  ')}`
  if (key.length === 0) return `${select}\nFROM ${sql.relation(texts)}`
  const names = key.map(sql.identifier).join(', ')
  return `${select}
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ${names} ORDER BY ${sql.identifier(STAGE_ROW)} DESC) AS ferry_turn
  FROM ${sql.relation(texts)}) AS t
WHERE ferry_turn = 1`
}

function swap({ target, stage }: Tables, { present }: LoadRequest): readonly LoadStep[] {
  return sql
    .replaceWithTable({ live: target, build: stage, was: present })
    .map(text => step(text, 'the new table takes the name of the old one'))
}

/** What is no part of a transaction: it stays when the load fails, and holds no rows. */
function design(request: LoadRequest): readonly LoadStep[] {
  const { target, present, adds, strategy, design: table } = request
  const name = sql.relation(target)
  const columns = strategy === 'history' ? [...table.columns, ...HISTORY_TYPES] : table.columns
  const lines = columns.map(column => {
    const type = columnTypes.write(column.type)
    const collation = type.startsWith('nvarchar') ? ` COLLATE ${COLLATION}` : ''
    return `  ${sql.identifier(column.name)} ${type}${collation} NULL`
  })
  const create = `CREATE TABLE ${name} (\n${lines.join(',\n')}\n)\n${tableOptions({ ...table, columns }, strategy === 'partition' ? [partitionOption(table)] : [])}`
  return [
    ...(present === undefined && strategy !== 'remove'
      ? [step(create, 'the first load makes it')]
      : []),
    ...adds.map(column => {
      const type = columnTypes.write(column.type)
      const text = `ALTER TABLE ${name} ADD ${sql.identifier(column.name)} ${type} NULL`
      return step(text, 'the source has it now')
    }),
  ]
}
