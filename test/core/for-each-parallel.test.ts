import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { forEachParallel } from '../../src/core/for-each-parallel.ts'

async function* count(to: number, taken: number[] = []): AsyncGenerator<number> {
  for (let at = 1; at <= to; at++) {
    taken.push(at)
    yield at
  }
}

test('every item is worked on once, never more at once than allowed', async () => {
  const done: number[] = []
  let running = 0
  let most = 0
  await forEachParallel(count(50), 4, async item => {
    most = Math.max(most, ++running)
    await sleep(item % 3)
    running--
    done.push(item)
  })
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1))
  expect(most).toBe(4)
})

test('after an error nothing more is taken, and it is thrown when all have ended', async () => {
  const taken: number[] = []
  const ended: number[] = []
  const work = async (item: number): Promise<void> => {
    if (item === 2) throw new Error('two')
    await sleep(5)
    ended.push(item)
  }
  await expect(forEachParallel(count(100, taken), 3, work)).rejects.toThrow('two')
  expect(taken.length).toBeLessThan(10)
  expect(ended.sort((a, b) => a - b)).toEqual(taken.filter(item => item !== 2))
})

test('an error of the items themselves is thrown', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1
    throw new Error('broken listing')
  }
  await expect(forEachParallel(broken(), 2, async () => {})).rejects.toThrow('broken listing')
})

test('what only waits makes place for so many others, and is waited for', async () => {
  const { promise: disk, resolve: written } = Promise.withResolvers<void>()
  const begun: number[] = []
  const ended: number[] = []
  const all = forEachParallel(
    count(10),
    2,
    async (item, passOn) => {
      begun.push(item)
      passOn()
      passOn()
      await disk
      ended.push(item)
      if (item === 1) throw new Error('the disk is full')
    },
    3,
  )
  await sleep(20)
  expect(begun).toEqual([1, 2, 3, 4, 5])
  written()
  await expect(all).rejects.toThrow('the disk is full')
  expect(ended).toEqual(begun)
})
