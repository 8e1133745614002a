import { join } from 'node:path'
import { writeFileAtomically } from '../core/atomic-write.ts'
import { type Counts, writeCounts } from '../formats/counts.ts'
import { type LoadOutcome, type LoadReceipt, loadReceiptPath } from '../formats/load-receipt.ts'
import type { Delivery } from './delivery.ts'

export interface LoadRecord {
  readonly directory: string
  readonly delivery: Delivery
  /** In the order in which they were loaded into. */
  readonly warehouses: Readonly<Record<string, LoadOutcome>>
  readonly startedAt: Date
  readonly finishedAt: Date
}

/** Writes the counts of a load, for the pages, and last its receipt, which is its make target. */
export async function recordLoad(record: LoadRecord): Promise<LoadReceipt> {
  const { directory, delivery, warehouses, startedAt, finishedAt } = record
  const { table, source, date, to, id } = delivery
  const [first] = Object.values(warehouses)
  if (first !== undefined) {
    const counts: Counts = {
      version: 1,
      step: 'load',
      name: table,
      source,
      date,
      rows: first.rows,
      ...(first.tableRows === undefined ? {} : { tableRows: first.tableRows }),
      bytes: delivery.parts.reduce((sum, part) => sum + part.bytes, 0),
      finishedAt: finishedAt.toISOString(),
    }
    await writeCounts(directory, counts)
  }
  const receipt: LoadReceipt = {
    version: 1,
    table,
    date,
    delivery: id,
    warehouses,
    to,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
  }
  const text = `${JSON.stringify(receipt, null, 2)}\n`
  await writeFileAtomically(join(directory, loadReceiptPath(receipt)), text)
  return receipt
}
