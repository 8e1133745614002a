import type { FoundRecord } from './crunch-file.ts'
import type { ExpectedRecord } from './expected-results.ts'

/** How often a field was as expected, was not, or was not there. */
export interface FieldCounts {
  equal: number
  different: number
  absent: number
}

/** What programs call levels, in the words of a record. */
const LEVELS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    fatal: 'emerg emergency alert crit critical panic fatal f',
    error: 'err error severe e',
    warn: 'warn warning w deprecation',
    notice: 'notice note',
    info: 'info information informational system verbose log i detail statement hint context',
    debug: 'debug d location',
    trace: 'trace',
  }).flatMap(([level, words]) => words.split(' ').map(word => [word, level])),
)

/** The fields that differ: what was expected, and what was found. */
export function compareFields(
  expected: ExpectedRecord,
  { fields }: FoundRecord,
  counts: Map<string, FieldCounts>,
): readonly string[] {
  const differences: string[] = []
  for (const [field, wanted] of Object.entries(expected.fields)) {
    const found = fields[field]
    const one = counts.get(field) ?? { equal: 0, different: 0, absent: 0 }
    counts.set(field, one)
    if (found === undefined) one.absent++
    else if (isEqual(field, wanted, found, fields['inferred'])) one.equal++
    else {
      one.different++
      differences.push(`${field}: ${JSON.stringify(wanted)} is ${JSON.stringify(found)}`)
    }
  }
  return differences
}

/** Alike in what it says: spellings are made the same, where programs differ in them by intention. */
function isEqual(
  field: string,
  wanted: string | number,
  found: unknown,
  inferred: unknown,
): boolean {
  const text = String(found)
  switch (field) {
    case 'time':
      return isSameTime(Number(wanted), text, Array.isArray(inferred) && inferred.includes('year'))
    case 'level':
      return LEVELS[String(wanted).toLowerCase()] === found
    case 'method':
      return String(wanted).toUpperCase() === text.toUpperCase()
    case 'path':
      // Theirs may be decoded, and have what stands before the path and behind it.
      return pathOf(String(wanted)) === pathOf(text)
    case 'duration_ms':
      return Math.abs(Number(wanted) - Number(found)) <= 1e-6 * Number(wanted)
    case 'message':
      // Theirs may be the whole line, or lack what became fields of its own.
      return text.includes(String(wanted).trim()) || String(wanted).includes(text.trim())
    default:
      return String(wanted) === text
  }
}

/** To the millisecond; a year that was not in the line is not compared. */
function isSameTime(wantedMs: number, found: string, isYearInferred: boolean): boolean {
  const foundMs = Math.floor(Date.parse(found))
  // Some leave out what is below a second.
  const exactMs = wantedMs % 1_000 === 0 ? foundMs - (foundMs % 1_000) : foundMs
  if (!isYearInferred) return exactMs === wantedMs
  const [wanted, is] = [wantedMs, exactMs].map(ms => new Date(ms).toISOString().slice(4))
  return wanted === is
}

function pathOf(url: string): string {
  const path = url.replace(/^[a-z]+:\/\/[^/?]*/, '').replace(/[?#].*$/, '')
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
