import picomatch from 'picomatch'

/** Whether an object is meant, by its name below the folder that the command names. */
export type NameFilter = (name: string) => boolean

const OPTIONS = { dot: true } as const

/**
 * What `--include` and `--exclude` leave: a name that one of `include` matches (all, if there are
 * none) and none of `exclude`. A pattern without `/` is about the last part of a name, wherever it
 * is; one that ends in `/` is about all that is in a folder.
 */
export function nameFilter(include: readonly string[], exclude: readonly string[]): NameFilter {
  const included = include.map(matcher)
  const excluded = exclude.map(matcher)
  return name =>
    (included.length === 0 || included.some(matches => matches(name))) &&
    !excluded.some(matches => matches(name))
}

function matcher(pattern: string): NameFilter {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern
  if (whole.includes('/')) return globMatcher(whole.replace(/^\//, ''))
  const matches = picomatch(whole, OPTIONS)
  return name => matches(name.slice(name.lastIndexOf('/') + 1))
}

/** Whether a whole key matches: `*` and `?` stop at `/`, `**` does not; also `[a-z]` and `{a,b}`. */
export function globMatcher(pattern: string): NameFilter {
  return picomatch(pattern, OPTIONS)
}

const GLOB = /[*?[{]/

/** Where the first character of a pattern stands that is one, or -1. */
export function globStart(text: string): number {
  return text.search(GLOB)
}
