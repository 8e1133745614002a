import type { ModelReceipt } from '../../../src/formats/model-receipt.ts'

/** Of a model of users by day that was published, with what is said otherwise. */
export const receiptOf = (
  date: string,
  model: string,
  more: Partial<ModelReceipt> = {},
): ModelReceipt => ({
  version: 1,
  model,
  date,
  state: 'published',
  warehouse: 'hot',
  relation: model,
  materialize: 'table',
  description: 'Users by day',
  owner: 'ana@example.org',
  rows: 3,
  columns: [
    { name: 'day', type: 'DATE' },
    { name: 'users', type: 'BIGINT' },
  ],
  checks: [],
  result: `results/${date}/${model}.csv`,
  started_at: `${date}T03:00:00Z`,
  finished_at: `${date}T03:00:01Z`,
  next_date: null,
  ...more,
})
