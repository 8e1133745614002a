import * as z from 'zod'
import { FerryError } from '../core/errors.ts'

/**
 * `intermediate/DATE/load/SOURCE.TABLE`: written last and atomically, so that its being there proves
 * that the table was loaded into each warehouse it names. It is the load's make target; the pages read it.
 */
const amount = z.int().min(0)

const loaded = z.object({
  /**
   * - loaded: this time
   * - already: an earlier try had done it, and was cut off before it wrote this
   * - older: the warehouse has newer rows of the table; nothing was done
   * - empty: the source has no such table yet; nothing was done
   */
  state: z.enum(['loaded', 'already', 'older', 'empty']),
  /** As the engine calls it. */
  relation: z.string(),
  strategy: z.enum(['replace', 'append', 'merge', 'history', 'partition', 'remove']),
  /** in = out + filtered + rejected; filtered: a later row of the delivery has the same key. */
  rows: z.object({ in: amount, out: amount, filtered: amount, rejected: amount }),
  /** What happened to the table; left out where the engine does not tell. */
  changes: z.object({
    written: amount.optional(),
    updated: amount.optional(),
    deleted: amount.optional(),
  }),
  tableRows: amount.optional(),
  /** Columns in which the delivery and the table were not alike. */
  columns: z.object({
    added: z.array(z.string()),
    changed: z.array(z.string()),
    dropped: z.array(z.string()),
  }),
  /** File of the rejected rows relative to the project, or null. */
  rejectedFile: z.string().nullable(),
})

const receipt = z.object({
  version: z.literal(1),
  /** `production.tasks` */
  table: z.string(),
  date: z.string(),
  delivery: z.string(),
  /** By the warehouse's name in ferry.yaml. */
  warehouses: z.record(z.string(), loaded),
  /** Where the table now ends (formats/table-manifest.ts), opaque. */
  to: z.string().nullable(),
  startedAt: z.string(),
  finishedAt: z.string(),
})

export type LoadOutcome = z.output<typeof loaded>
export type LoadReceipt = z.output<typeof receipt>

export const loadReceiptPath = ({ date, table }: Pick<LoadReceipt, 'date' | 'table'>): string =>
  `intermediate/${date}/load/${table}`

/** Reads one; `name` is for the error. @throws FerryError DATA_INVALID */
export function parseLoadReceipt(text: string, name: string): LoadReceipt {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new FerryError('DATA_INVALID', `\`${name}\` is not JSON`, { cause: error })
  }
  const read = receipt.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const where = issue?.path.join('.') ?? ''
  throw new FerryError('DATA_INVALID', `\`${name}\` is no receipt of a load: \`${where}\``, {
    cause: read.error,
  })
}
