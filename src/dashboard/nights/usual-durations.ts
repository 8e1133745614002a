/** How long a target usually takes: the median of the nights before, by its name without the date. */
export type UsualDurations = ReadonlyMap<string, number>

/** Nights that must have made a target before anything is usual. */
const FEWEST = 3

export function usualDurations(
  nights: readonly Readonly<Record<string, number>>[],
): UsualDurations {
  const all = new Map<string, number[]>()
  for (const night of nights) {
    for (const [target, ms] of Object.entries(night)) {
      const list = all.get(target)
      if (list === undefined) all.set(target, [ms])
      else list.push(ms)
    }
  }
  const usual = new Map<string, number>()
  for (const [target, list] of all) {
    if (list.length >= FEWEST) usual.set(target, median(list))
  }
  return usual
}

/** Worth a word: half as long again, and by what a person would notice. */
export const isSlow = (ms: number, usualMs: number): boolean =>
  ms > usualMs * 1.5 && ms - usualMs > 10_000

function median(values: number[]): number {
  values.sort((a, b) => a - b)
  const middle = Math.floor(values.length / 2)
  const upper = values[middle] ?? 0
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? 0) + upper) / 2
}
