import { FerryError } from './errors.ts'

/** A night's date, `YYYY-MM-DD`, always a real day of the calendar. */
export type LogicalDate = string & { readonly brand: 'LogicalDate' }

/** @throws FerryError USAGE when the text is not a day of the calendar in ISO form */
export function parseLogicalDate(text: string): LogicalDate {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  if (date === undefined || Number.isNaN(date.getTime()) || isoDay(date) !== text) {
    throw new FerryError('USAGE', `\`${text}\` is not a date`, {
      hint: 'write it as year-month-day, for example 2026-03-01',
    })
  }
  return text as LogicalDate // checked just above
}

/** The date on the wall clock of a time zone (an IANA name such as `Europe/Budapest`). */
export function logicalDateAt(instant: Date, timeZone: string): LogicalDate {
  // Not worth the 30 ms that Intl takes to come up, in a command that runs 200 times a night.
  if (timeZone === 'UTC') return parseLogicalDate(isoDay(instant))
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(instant)
  return parseLogicalDate(parts)
}

export function addDays(date: LogicalDate, days: number): LogicalDate {
  const shifted = new Date(`${date}T00:00:00Z`)
  shifted.setUTCDate(shifted.getUTCDate() + days)
  return parseLogicalDate(isoDay(shifted))
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10)
}
