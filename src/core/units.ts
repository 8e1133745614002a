/** Durations and sizes as people write them in ferry.yaml: `30m`, `2d`, `10GB`, `16MiB`. */
const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

const BYTES = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
} as const

/** Milliseconds of `90s`, `30m`, `1h30m`, or undefined when the text is no duration. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(amount) * MS[unit as keyof typeof MS] // the pattern allows these units only
  }
  return total
}

/** Bytes of `10GB` (powers of ten) or `16MiB` (powers of two), or undefined. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?i?b)$/i.exec(text)
  const unit = match?.[2]?.toLowerCase()
  if (match === null || unit === undefined || !(unit in BYTES)) return undefined
  return Math.floor(Number(match[1]) * BYTES[unit as keyof typeof BYTES]) // checked by `in`
}

/** `3 h 12 min`, `4 min 5 s`, `1.2 s`, `80 ms`: for people, never for parsing. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
