import type { LogFormat } from '../format.ts'
import type { FieldPlan, Place } from './field-plan.ts'

/**
 * The claim of a format that is a regular expression without flag `d`: that flag would tell the places of what
 * was captured, but takes three times as long, and V8's linear engine does not know it. So what was captured is copied.
 */
export function claimByRegex(regex: RegExp, plan: FieldPlan): LogFormat['claim'] {
  const place: Place = { from: 0, to: 0 }
  return (line, record) => {
    const match = execute(regex, line.text)
    if (match === null) return false
    let joined = ''
    for (let at = 1; at < match.length; at++) joined += match[at] ?? ''
    const bytes = Buffer.from(joined)
    const isAscii = bytes.length === joined.length
    const before = record.current
    record.current = record.addBuffer(bytes)
    place.to = 0
    let fits = true
    for (let at = 1; fits && at < match.length; at++) {
      const text = match[at]
      if (text === undefined) continue
      place.from = place.to
      place.to += isAscii ? text.length : Buffer.byteLength(text)
      fits = plan.put(record, at - 1, bytes, place)
    }
    record.current = before
    return fits
  }
}

/** A line that takes more room than V8 gives to a search does not match. */
function execute(regex: RegExp, text: string): RegExpExecArray | null {
  try {
    return regex.exec(text)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
