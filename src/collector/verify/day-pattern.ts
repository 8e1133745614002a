/**
 * A target's URL (`lake:events/{date}/{hour}/`) as it is on one day: up to its first place that is
 * open, which is the hour, and the whole as a pattern of keys.
 */
export interface DayPattern {
  /** What is to be listed. */
  readonly base: string
  /** The rest, each part behind two digits of an hour. */
  readonly afterHours: readonly string[]
}

const DATE_PLACES = /\{(date|year|month|day)\}/g

export const hasDatePlaces = (url: string): boolean => url.search(DATE_PLACES) !== -1

/** `date`: `2026-03-01`, or undefined where the URL has no place for it. */
export function dayPattern(url: string, date: string | undefined): DayPattern {
  const values = new Map([
    ['date', date],
    ['year', date?.slice(0, 4)],
    ['month', date?.slice(5, 7)],
    ['day', date?.slice(8, 10)],
  ])
  const filled = url.replaceAll(DATE_PLACES, (place, name: string) => values.get(name) ?? place)
  const [base = '', ...afterHours] = filled.split('{hour}')
  return { base, afterHours }
}

/** Whether a key is of the day; `prefix` is what `base` stands for in the store. */
export function keyFilter(prefix: string, { afterHours }: DayPattern): (key: string) => boolean {
  if (afterHours.length === 0) return key => key.startsWith(prefix)
  const parts = [prefix, ...afterHours].map(part =>
    part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
  )
  const pattern = new RegExp(`^${parts.join(String.raw`\d\d`)}`)
  return key => pattern.test(key)
}
