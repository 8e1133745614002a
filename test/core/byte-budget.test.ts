import { expect, test } from 'vitest'
import { ByteBudget } from '../../src/core/byte-budget.ts'

const { signal } = new AbortController()

test('memory of a share that is back is used again, and only then', async () => {
  const budget = new ByteBudget(30)
  const [first, second] = [await budget.acquire(10, signal), await budget.acquire(10, signal)]
  const { buffer } = first
  expect(buffer.length).toBe(10)
  expect(second.buffer).not.toBe(buffer)
  first.release()
  first.release()
  const third = await budget.acquire(10, signal)
  const fourth = await budget.acquire(10, signal)
  expect(third.buffer).toBe(buffer)
  expect(fourth.buffer).not.toBe(buffer)
})

test('memory that is kept never makes more of the whole than the budget', async () => {
  const budget = new ByteBudget(30)
  const shares = await Promise.all([1, 2, 3].map(() => budget.acquire(10, signal)))
  const buffers = shares.map(share => share.buffer)
  for (const share of shares) share.release()
  const other = await budget.acquire(25, signal) // leaves room for none of the three
  expect(other.buffer.length).toBe(25)
  other.release()
  const again = await budget.acquire(10, signal)
  expect(buffers).not.toContain(again.buffer)
})
