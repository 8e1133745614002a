import type { Clock } from '../core/clock.ts'
import { FerryError } from '../core/errors.ts'
import type { Relation } from '../databases/dialect.ts'
import type { Engine } from '../databases/engine.ts'
import type { LoadFiles, LoadPlan, LoadRequest, LoadWriter } from '../databases/loading.ts'
import type { LoadConfig, TableLoad } from './config.ts'
import type { Delivery } from './delivery.ts'
import { loadingOf } from './loading-of.ts'
import type { PartSource } from './open-part.ts'
import type { FittedColumns } from './schema-changes.ts'
import { stagedCount, stagedFiles, type StageSettings } from './stage.ts'
import { strategyOf } from './strategy.ts'
import { deliveredSupply } from './supply.ts'

/** `load.tables.NAME` over what `load` says of all tables. */
export interface TableSettings extends TableLoad {
  readonly max_rejected: LoadConfig['max_rejected']
  readonly on_schema_change: LoadConfig['on_schema_change']
}

export interface RequestInput {
  readonly delivery: Delivery
  readonly target: Relation
  readonly settings: TableSettings
  readonly source: PartSource
  readonly clock: Clock
  readonly columns: Pick<FittedColumns, 'columns' | 'adds'>
  readonly present: 'table' | 'view' | undefined
  readonly loading: LoadWriter
  readonly stage: StageSettings | undefined
}

/** The source's columns, with the types that ferry.yaml gives them. */
export function designColumns(
  { columns }: Delivery,
  settings: Pick<TableLoad, 'columns'>,
): Delivery['columns'] {
  return columns.map(column => {
    const type = settings.columns[column.name]
    return type === undefined ? column : { ...column, type }
  })
}

/** What an engine is asked to load, but for the files. @throws FerryError CONFIG_INVALID, DATA_INVALID */
export function loadRequest(input: RequestInput): LoadRequest {
  const { delivery, settings, target, clock, columns, present } = input
  const key = settings.key ?? delivery.key
  const strategy = strategyOf(delivery, settings, key)
  if (present === 'view' && strategy !== 'replace') {
    throw new FerryError('DATA_INVALID', `\`${delivery.table}\` is a view in the warehouse`)
  }
  const isNew = strategy === 'replace'
  const { distribution, sort, partition, compression } = settings
  return {
    target,
    design: {
      columns: isNew ? designColumns(delivery, settings) : columns.columns,
      key,
      distribution,
      sort,
      partition,
      compression,
    },
    strategy,
    complete: delivery.isComplete,
    present,
    adds: isNew ? [] : columns.adds,
    files: plannedFiles(input),
    ledger: {
      delivery: delivery.id,
      table: delivery.table,
      date: delivery.date,
      strategy,
      rows: delivery.rows ?? 0,
      to: delivery.to,
      takenAt: delivery.takenAt,
      loadedAt: clock.now().toISOString(),
    },
  }
}

function plannedFiles({ delivery, loading, source, stage }: RequestInput): LoadFiles {
  if (loading.advice.takes !== 'url') return deliveredSupply(delivery, source, PLANNED_FOLDER).files
  if (stage === undefined) {
    throw new FerryError(
      'CONFIG_INVALID',
      'the warehouse fetches files itself, and has no `stage`',
      {
        hint: `set warehouses.NAME.stage to a folder of ${loading.advice.stages.join(', ')}`,
      },
    )
  }
  const count = delivery.parts.length === 0 ? 0 : stagedCount(delivery, loading, stage)
  const bytes = delivery.parts.reduce((sum, part) => sum + part.bytes, 0)
  const sizes = Array.from({ length: count }, () => ({ bytes: Math.ceil(bytes / count) }))
  return stagedFiles(delivery, delivery.columns, sizes, stage)
}

/** Where parts of a store would be brought to; a load makes a folder of its own. */
const PLANNED_FOLDER = '.ferry/load/parts'

export interface PlanInput extends Omit<RequestInput, 'columns' | 'present' | 'loading'> {
  readonly engine: Engine
}

/** The plan as it is on a usual night: the table is there, and like the delivery. Asks nobody. */
export function planLoad(input: PlanInput): LoadPlan {
  const columns = { columns: designColumns(input.delivery, input.settings), adds: [] }
  const loading = loadingOf(input.engine)
  return loading.plan(loadRequest({ ...input, columns, present: 'table', loading }))
}
