/**
 * Does `work` for each item, up to `parallel` at once, and takes an item only when a worker is free,
 * so that a stream of any length needs no memory. The first error stops the taking; it is thrown when
 * what is under way has ended.
 */
export async function forEachParallel<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  parallel: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let turn: Promise<unknown> = Promise.resolve()
  let isOver = false
  // Iterators of two workers must not be asked at once: each waits for the one before.
  const take = async (): Promise<IteratorResult<Item>> => {
    const before = turn
    let done = (): void => {}
    turn = new Promise<void>(resolve => (done = resolve))
    try {
      await before
      if (isOver) return { done: true, value: undefined }
      return await iterator.next()
    } finally {
      done()
    }
  }
  const run = async (): Promise<void> => {
    try {
      for (let item = await take(); item.done !== true; item = await take()) {
        await work(item.value)
      }
    } finally {
      isOver = true
    }
  }
  const results = await Promise.allSettled(Array.from({ length: parallel }, run))
  const failed = results.find(result => result.status === 'rejected')
  if (failed === undefined) return
  await iterator.return?.()
  throw failed.reason
}
