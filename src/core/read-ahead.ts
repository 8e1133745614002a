/**
 * The items of a source, which is read up to `count` items ahead of whoever takes them. An error of
 * the source comes after the items before it; who stops early ends the source.
 */
export async function* readAhead<Item extends object>(
  source: AsyncIterable<Item>,
  count: number,
): AsyncGenerator<Item> {
  const items: Item[] = []
  let isStopped = false
  let hasEnded = false
  let changed = Promise.withResolvers<void>()
  const tell = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const read = async (): Promise<void> => {
    try {
      for await (const item of source) {
        items.push(item)
        tell()
        while (items.length >= count && !isStopped) await changed.promise
        if (isStopped) break
      }
    } finally {
      hasEnded = true
      tell()
    }
  }
  const reading = read()
  reading.catch(() => {}) // awaited below; until then its failure must not end the process
  try {
    for (;;) {
      while (items.length === 0 && !hasEnded) await changed.promise
      const [item] = items.splice(0, 1)
      if (item === undefined) break
      tell()
      yield item
    }
    await reading
  } finally {
    isStopped = true
    tell()
    await reading.catch(() => {}) // thrown above, or of no matter to who has left
  }
}
