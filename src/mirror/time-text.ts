/**
 * Microseconds since 1970 of a time stamp as databases and our own files write it, which is taken to
 * be in UTC: `2026-11-27 01:02:03.123456`, `2026-11-27T01:02:03.123456Z`, `2026-11-27`. Undefined for
 * what is beyond the years 1 to 9999, and for `infinity`.
 */
export function parseTime(text: string): bigint | undefined {
  const pattern =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?)?(?:Z|\+00(?::?00)?)?$/
  const [, date, time = '00:00:00', fraction = ''] = pattern.exec(text) ?? []
  if (date === undefined) return undefined
  const ms = Date.parse(`${date}T${time}Z`)
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000n + BigInt(fraction.padEnd(6, '0'))
}

/** `2026-11-27 01:02:03.123456`: always of one length, so that texts sort as times do. */
export function printTime(microseconds: bigint): string {
  const within = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = Number((microseconds - within) / 1_000_000n)
  const text = new Date(seconds * 1_000).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 19)}.${String(within).padStart(6, '0')}`
}
