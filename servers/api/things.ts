/** What the API is about. The same for an id on every machine. */
export function thing(id: number): Readonly<Record<string, unknown>> {
  return {
    id,
    name: `thing ${id}, "quoted"\nand ünïcode 🚢`,
    price: id / 4,
    // Beyond what a double holds: printed by hand, below.
    serial: `@@${9_007_199_254_740_993n + BigInt(id)}@@`,
    is_new: id % 2 === 0,
    tags: id % 3 === 0 ? null : [`t${id % 5}`, { depth: id }],
    updated_at: updatedAt(id),
  }
}

/** Three things share a second. */
export function updatedAt(id: number): string {
  return new Date(Date.UTC(2026, 2, 1) + Math.floor(id / 3) * 1_000).toISOString()
}

/** JSON in which the marked texts are numbers. */
export function print(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"@@(\d+)@@"/g, '$1')
}

export function things(from: number, count: number): readonly unknown[] {
  return Array.from({ length: Math.max(0, count) }, (_, at) => thing(from + at))
}
