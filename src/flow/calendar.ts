import { addDays, type LogicalDate } from '../core/logical-date.ts'
import { type CalendarRule, parseCalendarRule } from '../formats/calendar-rule.ts'
import type { MakeDatabase } from './make-database.ts'
import { targetsOf } from './make-graph.ts'

/** A target that does its work on some nights only. */
export interface ScheduledTarget {
  readonly target: string
  /** As written: `1 * *`. */
  readonly rule: string
}

export interface CalendarDay {
  readonly date: LogicalDate
  /** Those whose rule matches, in the order of their names. */
  readonly targets: readonly ScheduledTarget[]
}

export interface Calendar {
  readonly days: readonly CalendarDay[]
  /** How many targets of the night run every night. */
  readonly nightly: number
  /** Rules that could not be read, and why. */
  readonly problems: readonly string[]
}

/**
 * Which targets work on which of the coming nights: those whose recipes call `ferry at RULE`, found
 * in make's database, and those that the rooms tell of (models with a schedule).
 */
export function makeCalendar(
  database: MakeDatabase,
  told: readonly ScheduledTarget[],
  span: { readonly goals: readonly string[]; readonly from: LogicalDate; readonly days: number },
): Calendar {
  const toldNames = new Set(told.map(one => one.target))
  const scheduled = [...told, ...findScheduled(database).filter(one => !toldNames.has(one.target))]
  scheduled.sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0))
  const problems: string[] = []
  const rules = scheduled.flatMap(one => {
    const rule = readRule(one, problems)
    return rule === undefined ? [] : [{ one, rule }]
  })
  const names = new Set(scheduled.map(one => one.target))
  const nightly = targetsOf(database, span.goals).filter(one => !names.has(one.name)).length
  return {
    nightly,
    problems,
    days: Array.from({ length: span.days }, (_, offset) => {
      const date = addDays(span.from, offset)
      const targets = rules
        .filter(({ rule }) => rule.matches(date))
        // make was asked about the first night; the others' targets bear their own dates.
        .map(({ one }) => ({ ...one, target: one.target.replaceAll(span.from, date) }))
      return { date, targets }
    }),
  }
}

function readRule(one: ScheduledTarget, problems: string[]): CalendarRule | undefined {
  try {
    return parseCalendarRule(one.rule)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    problems.push(`${one.target}: ${error.message}`)
    return undefined
  }
}

/** `ferry at '1 * *' -- ...` in a recipe; the rule quoted, or of bare words up to `--`. */
const AT =
  /(?:^|[\s/&|;(@+-])ferry\s+at\s+(?:--\S+\s+\S+\s+)*(?:'([^']*)'|"([^"]*)"|([^'"]+?))(?:\s+--\S+\s+\S+)*\s+--\s/

function findScheduled(database: MakeDatabase): ScheduledTarget[] {
  const found: ScheduledTarget[] = []
  for (const target of database.targets.values()) {
    if (target.isTarget) {
      for (const line of target.recipes.flatMap(one => one.lines)) {
        const match = AT.exec(expand(line, database))
        const rule = match?.[1] ?? match?.[2] ?? match?.[3]?.replaceAll('\\', '')
        if (rule !== undefined) found.push({ target: target.name, rule })
      }
    }
  }
  return found
}

/** Replaces plain variables by what they hold; functions stay as they are. */
function expand(line: string, database: MakeDatabase, depth = 0): string {
  if (depth > 5 || !line.includes('$')) return line
  const expanded = line.replace(/\$[({]([^\s(){}$:=]+)[)}]/g, (whole, name: string) => {
    const value = database.variables.get(name)?.value
    return value ?? whole
  })
  return expanded === line ? line : expand(expanded, database, depth + 1)
}

/** The calendar as text: a line a night, with what is special about it. */
export function formatCalendar(calendar: Calendar): string {
  const lines = calendar.days.map(({ date, targets }) => {
    const weekday = new Date(`${date}T00:00:00Z`).toLocaleDateString('en', {
      weekday: 'short',
      timeZone: 'UTC',
    })
    const names = targets.map(one => one.target).join('  ')
    return `${date} ${weekday}  ${names === '' ? '-' : names}`
  })
  const nightly =
    calendar.nightly === 0
      ? []
      : [`every night: ${calendar.nightly} other target${calendar.nightly === 1 ? '' : 's'}`]
  return `${[...lines, ...nightly].join('\n')}\n`
}
