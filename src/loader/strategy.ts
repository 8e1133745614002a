import { FerryError } from '../core/errors.ts'
import type { LoadStrategy } from '../databases/loading.ts'
import type { TableLoad } from './config.ts'
import type { Delivery } from './delivery.ts'

const BY_MODE = {
  full: 'replace',
  incremental: 'merge',
  append: 'append',
  snapshot: 'history',
} as const satisfies Record<Delivery['mode'], LoadStrategy>

/**
 * How a delivery goes into its table: as ferry.yaml says, else by what it is. All rows of a table
 * that is mirrored incrementally take its place. @throws FerryError CONFIG_INVALID
 */
export function strategyOf(
  delivery: Delivery,
  { strategy: wanted, partition }: Pick<TableLoad, 'strategy' | 'partition'>,
  key: readonly string[],
): LoadStrategy {
  const { table, mode, isComplete, rowsAre } = delivery
  if (rowsAre === 'deletions') return 'remove'
  const natural = isComplete && mode !== 'snapshot' ? 'replace' : BY_MODE[mode]
  const strategy = wanted ?? natural
  const refuse = (why: string, hint: string): never => {
    throw new FerryError('CONFIG_INVALID', `\`${table}\`: ${why}`, { hint })
  }
  if (strategy === 'replace' && !isComplete) {
    refuse(
      'only a delivery of all rows can replace the table',
      'set `strategy: merge` (load.tables)',
    )
  }
  if ((strategy === 'merge' || strategy === 'history') && key.length === 0) {
    refuse(
      `without a key nothing tells which row is another's newer one (${strategy})`,
      `set \`key\` (load.tables.${table})`,
    )
  }
  if (strategy === 'partition' && partition === undefined) {
    refuse('partition by which column?', `set \`partition\` (load.tables.${table})`)
  }
  return strategy
}
