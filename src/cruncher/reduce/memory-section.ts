/** What the groups in memory have of one section, group after group. */
export interface MemorySection {
  /** Goes to a group; each is opened once, in the order of ranks. */
  open(group: number, rank: number): void
  /** Goes to the group's next part, in the order of their keys; false: there is none. */
  next(): boolean
  /** Writes what tells the part apart into `key` from `at` on, and returns where it ends. */
  writeTo(key: Uint8Array, at: number): number
  readonly value: number
}

/** Places of a table by the rank of their group: those of rank r from `starts[r]` to `starts[r + 1]`. */
export interface RankedPlaces {
  readonly starts: Int32Array
  readonly places: Int32Array
}

/** By counting: two passes over the table. @param rankAt -1: the place is free */
export function rankPlaces(
  ranks: number,
  tableLength: number,
  rankAt: (place: number) => number,
): RankedPlaces {
  // One more in front, so that after the second pass each start is where it should be.
  const ends = new Int32Array(ranks + 2)
  for (let place = 0; place < tableLength; place++) {
    const rank = rankAt(place)
    if (rank >= 0) ends[rank + 2] = (ends[rank + 2] ?? 0) + 1
  }
  for (let i = 2; i < ends.length; i++) ends[i] = (ends[i] ?? 0) + (ends[i - 1] ?? 0)
  const places = new Int32Array(ends[ranks + 1] ?? 0)
  for (let place = 0; place < tableLength; place++) {
    const rank = rankAt(place)
    if (rank < 0) continue
    const at = ends[rank + 1] ?? 0
    places[at] = place
    ends[rank + 1] = at + 1
  }
  return { starts: ends, places }
}
