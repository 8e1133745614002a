/** How finely `{date}` or `{hour}` in the target cut the time of arrival, in UTC. */
export type PartitionUnit = 'day' | 'hour'

/** `2026-03-01`, or `2026-03-01T23`. */
export function partitionOf(atMs: number, unit: PartitionUnit): string {
  return new Date(atMs).toISOString().slice(0, unit === 'day' ? 10 : 13)
}

/**
 * A target's path with its places filled: `{date}`, `{year}`, `{month}`, `{day}` and `{hour}` of the
 * moment when a segment's first event came, in UTC.
 */
export function fillPath(path: string, atMs: number): string {
  const text = new Date(atMs).toISOString()
  const values: Readonly<Record<string, string>> = {
    date: text.slice(0, 10),
    year: text.slice(0, 4),
    month: text.slice(5, 7),
    day: text.slice(8, 10),
    hour: text.slice(11, 13),
  }
  return path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
