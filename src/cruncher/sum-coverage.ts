import type { Coverage, RouteShare, Share } from './coverage.ts'

const MAX_EXAMPLES = 10

/** The coverage of several files as one. */
export function sumCoverage(all: readonly Coverage[]): Coverage {
  const formats = new Map<string, Share>()
  const routes = new Map<string, RouteShare>()
  let lines = 0
  let unknown = 0
  let requests = 0
  for (const one of all) {
    lines += one.lines
    unknown += one.unknown.lines
    for (const [name, share] of Object.entries(one.formats)) {
      formats.set(name, { lines: (formats.get(name)?.lines ?? 0) + share.lines, share: 0 })
    }
    for (const [name, share] of Object.entries(one.routes)) {
      requests += share.lines
      const known = routes.get(name)
      routes.set(name, { ...share, lines: (known?.lines ?? 0) + share.lines })
    }
  }
  const shareOf = (count: number, of: number): number =>
    of === 0 ? 0 : Math.round((count / of) * 1_000_000) / 1_000_000
  for (const share of formats.values()) share.share = shareOf(share.lines, lines)
  for (const share of routes.values()) share.share = shareOf(share.lines, requests)
  return {
    lines,
    formats: byLines(formats),
    routes: byLines(routes),
    unknown: {
      lines: unknown,
      share: shareOf(unknown, lines),
      examples: all.flatMap(one => one.unknown.examples).slice(0, MAX_EXAMPLES),
    },
  }
}

function byLines<Value extends Share>(shares: ReadonlyMap<string, Value>): Record<string, Value> {
  return Object.fromEntries(
    [...shares].sort(([a, one], [b, other]) => other.lines - one.lines || (a < b ? -1 : 1)),
  )
}
