import type { TableColumn } from '../../src/formats/column-type.ts'
import type {
  LoadPlan,
  LoadRequest,
  LoadStrategy,
  LoadWriter,
} from '../../src/databases/loading.ts'

/** A table with a column of most kinds. */
export const PLAN_COLUMNS: readonly TableColumn[] = [
  { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false, native: 'bigint' },
  { name: 'title', type: { kind: 'text', length: 80 }, nullable: true, native: 'varchar(80)' },
  { name: 'body', type: { kind: 'text' }, nullable: true, native: 'text' },
  {
    name: 'price',
    type: { kind: 'decimal', precision: 10, scale: 2 },
    nullable: true,
    native: 'numeric(10,2)',
  },
  { name: 'done', type: { kind: 'boolean' }, nullable: true, native: 'boolean' },
  { name: 'meta', type: { kind: 'json' }, nullable: true, native: 'jsonb' },
  { name: 'blob', type: { kind: 'bytes' }, nullable: true, native: 'bytea' },
  {
    name: 'updated_at',
    type: { kind: 'timestamp', zone: true },
    nullable: true,
    native: 'timestamptz',
  },
]

const STRATEGIES: readonly LoadStrategy[] = [
  'replace',
  'append',
  'merge',
  'history',
  'partition',
  'remove',
]

/** A request of each strategy, for a table that is there, and of some for one that is not. */
export function planRequests(files: Partial<LoadRequest['files']>): Record<string, LoadRequest> {
  const requests: Record<string, LoadRequest> = {}
  for (const strategy of STRATEGIES) {
    requests[strategy] = requestOf(strategy, files)
    if (strategy === 'replace' || strategy === 'remove') continue
    requests[`${strategy}, the first time`] = { ...requestOf(strategy, files), present: undefined }
  }
  return requests
}

export function requestOf(
  strategy: LoadStrategy,
  files: Partial<LoadRequest['files']>,
): LoadRequest {
  const isComplete = strategy === 'replace' || strategy === 'history'
  const columns =
    strategy === 'remove' ? PLAN_COLUMNS.filter(({ name }) => name === 'id') : PLAN_COLUMNS
  return {
    target: { schema: 'production', name: 'tasks' },
    design: {
      columns,
      key: ['id'],
      ...(strategy === 'partition' ? { partition: { column: 'updated_at', by: 'day' } } : {}),
    },
    strategy,
    complete: isComplete,
    present: 'table',
    adds: strategy === 'merge' ? PLAN_COLUMNS.filter(({ name }) => name === 'done') : [],
    files: {
      format: 'csv',
      compression: 'gzip',
      columns: columns.map(({ name }) => name),
      parts: [],
      stage: undefined,
      ...files,
    },
    ledger: {
      delivery: 'a1b2c3',
      table: 'production.tasks',
      date: '2026-11-28',
      strategy,
      rows: 3,
      to: null,
      takenAt: '2026-11-28T01:00:00.5Z',
      loadedAt: '2026-11-28T04:00:00Z',
    },
  }
}

/** As `ferry load --plan` shows it, more or less: statements, and where the transaction is. */
export function printed({ createLedger }: LoadWriter, plan: LoadPlan): string {
  let isOpen = false
  const lines = createLedger.map(text => `-- the ledger\n${text};\n`)
  for (const { text, why, inTransaction, counts } of plan.steps) {
    if (inTransaction !== isOpen) lines.push(inTransaction ? 'BEGIN;\n' : 'COMMIT;\n')
    isOpen = inTransaction
    lines.push(`-- ${why}${counts === undefined ? '' : ` (${counts})`}\n${text};\n`)
  }
  if (isOpen) lines.push('COMMIT;\n')
  return lines.join('\n')
}
