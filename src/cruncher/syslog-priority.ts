import { SYSLOG_LEVELS } from './level.ts'
import type { LogRecord } from './record.ts'

/** RFC 5424, 6.2.1, by their usual short names. */
const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )

/** Level and facility of what syslog has in `<34>`; false: it is above 191, so it is no such thing. */
export function addPriority(record: LogRecord, priority: string | undefined): boolean {
  if (priority === undefined) return true
  const number = Number(priority)
  const facility = FACILITIES[number >> 3]
  if (facility === undefined) return false
  record.level = SYSLOG_LEVELS[number & 7] ?? 0
  record.addText('facility', facility)
  return true
}
