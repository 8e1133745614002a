/**
 * Does `work` for each item, up to `parallel` at once, and takes an item only when a worker is free,
 * so that a stream of any length needs no memory. The first error stops the taking; it is thrown when
 * what is under way has ended. Work that only waits by now may say so by `passOn`: another item is taken
 * in its place, while at most `trailing` go on so.
 */
export async function forEachParallel<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  parallel: number,
  work: (item: Item, passOn: () => void) => Promise<void>,
  trailing = 0,
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
  const underWay = new Set<Promise<void>>()
  let behind = 0
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown): void => {
    isOver = true
    failure ??= { error }
  }
  /** Resolves when another item may be taken in this one's place. */
  const begin = (item: Item): Promise<void> =>
    new Promise<void>(resolve => {
      let isBehind = false
      const passOn = (): void => {
        if (isBehind || behind >= trailing) return
        isBehind = true
        behind++
        resolve()
      }
      const whole = work(item, passOn)
        .catch(fail)
        .finally(() => {
          if (isBehind) behind--
          underWay.delete(whole)
          resolve()
        })
      underWay.add(whole)
    })
  const run = async (): Promise<void> => {
    try {
      for (let item = await take(); item.done !== true; item = await take()) await begin(item.value)
      isOver = true
    } catch (error) {
      fail(error)
    }
  }
  await Promise.all(Array.from({ length: parallel }, run))
  await Promise.all(underWay)
  if (failure === undefined) return
  await iterator.return?.()
  throw failure.error
}
