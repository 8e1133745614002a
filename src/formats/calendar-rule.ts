import { Cron } from 'croner'
import { FerryError } from '../core/errors.ts'
import { type LogicalDate, addDays, parseLogicalDate } from '../core/logical-date.ts'

/** A rule that says on which logical dates something runs. Knows no clock and no time zone. */
export interface CalendarRule {
  matches(date: LogicalDate): boolean
  /** The first matching date after this one; undefined when the rule never matches again. */
  nextAfter(date: LogicalDate): LogicalDate | undefined
}

/**
 * Parses a crontab rule: three fields (day of month, month, day of week), or five, of which minute
 * and hour are checked and then ignored, as a logical date has no time. Names, ranges, steps and
 * lists are as in cron; `L` is the last day of the month, `fri#2` the second Friday, `friL` the
 * last one. When neither day field begins with `*`, one of the two is enough, as in cron.
 * @throws FerryError USAGE
 * @example parseCalendarRule('1 * *').matches(date) // the first of each month
 */
export function parseCalendarRule(text: string): CalendarRule {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== 3 && fields.length !== 5) {
    throw notARule(text, `it has ${text.trim() === '' ? 0 : fields.length} fields`)
  }
  const [minute, hour] = fields.length === 5 ? fields : ['0', '0']
  checkPattern(text, `${minute} ${hour} * * *`)
  const [day = '*', month = '*', weekday = '*'] = fields
    .slice(-3)
    .map(field => (field === '?' ? '*' : field))
  const cron = checkPattern(text, `0 0 ${day} ${month} ${weekday}`, {
    // As in cron, a field that begins with `*` (`*/2` too) narrows the other one down.
    domAndDow: day.startsWith('*') || weekday.startsWith('*'),
  })
  const nextAfter = (date: LogicalDate): LogicalDate | undefined => {
    const next = cron.nextRun(midnight(date))
    return next === null ? undefined : parseLogicalDate(next.toISOString().slice(0, 10))
  }
  return { matches: date => nextAfter(addDays(date, -1)) === date, nextAfter }
}

function checkPattern(text: string, pattern: string, options: { domAndDow?: boolean } = {}): Cron {
  try {
    return new Cron(pattern, { timezone: 'UTC', paused: true, mode: '5-part', ...options })
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    throw notARule(text, error.message.replace(/^CronPattern: (Syntax error, )?/, ''), error)
  }
}

function notARule(text: string, reason: string, cause?: unknown): FerryError {
  return new FerryError('USAGE', `\`${text}\` is not a calendar rule: ${reason}`, {
    hint: "write day of month, month and day of week, for example '1 * *' or '* * mon-fri'",
    cause,
  })
}

const midnight = (date: LogicalDate): Date => new Date(`${date}T00:00:00Z`)
