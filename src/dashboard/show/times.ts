import { type Html, html } from '../../core/html.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** `Sat 21`. */
export function shortDay(date: string): string {
  const day = new Date(`${date}T00:00:00Z`)
  return `${DAYS[day.getUTCDay()] ?? ''} ${day.getUTCDate()}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** `02:13:07` on the wall clock of the project. */
export function clockTime(ms: number, timeZone: string): string {
  let format = formats.get(timeZone)
  if (format === undefined) {
    const parts = {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    } as const
    format = new Intl.DateTimeFormat('en-GB', { ...parts, timeZone })
    formats.set(timeZone, format)
  }
  return format.format(ms)
}

/** A time as an element that machines can read too. */
export function time(ms: number | undefined, timeZone: string): Html | undefined {
  if (ms === undefined) return undefined
  return html`<time datetime="${new Date(ms).toISOString()}">${clockTime(ms, timeZone)}</time>`
}
