/** Durations as people write them in ferry.yaml: `30m`, `2d`. */
const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Milliseconds of `90s`, `30m`, `1h30m`, or undefined when the text is no duration. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    total += Number(amount) * MS[unit as keyof typeof MS] // the pattern allows these units only
  }
  return total
}

/** `3 h 12 min`, `4 min 5 s`, `1.2 s`, `80 ms`: for people, never for parsing. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** `512 B`, `3.1 GB`, in thousands: for people, never for parsing. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1_000
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

/** Bytes of `512`, `64kB`, `8MiB`, `16MB`, `10GB`, or undefined when the text is no size. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(?:([kmgt])(i)?b?|b)?$/i.exec(text.trim())
  if (match === null) return undefined
  const [, amount, unit = '', binary] = match
  const power = ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase())
  return Math.round(Number(amount) * (binary === undefined ? 1_000 : 1_024) ** power)
}
