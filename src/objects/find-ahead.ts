import { readAhead } from '../core/read-ahead.ts'

/** So many are mostly all: then it is known how much there is to do. Some megabytes of memory. */
const FOUND_AHEAD = 10_000

/** What is found, read ahead of the work on it, so that progress can tell how much is left. */
export function findAhead<Item extends object>(found: AsyncIterable<Item>): AsyncGenerator<Item> {
  return readAhead(found, FOUND_AHEAD)
}
