import type { CrunchConfig } from './config.ts'
import {
  TO_ATTRIBUTE,
  TO_BYTES,
  TO_DURATION,
  TO_LEVEL,
  TO_REQUEST,
  TO_STATUS,
  TO_TIME,
  TO_URL,
} from './fields/field-name.ts'
import { HTTP_HOST, METHOD, PATH, SERVICE, TEXT_FIELDS } from './record.ts'

/** What of a record somebody will ask for; the rest of a line is read, but not kept. */
export interface UsedFields {
  readonly attributes: boolean
  /** By a destination's number. */
  readonly isWanted: (to: number) => boolean
}

const ALL: UsedFields = { attributes: true, isWanted: () => true }

/** Always: the account is by service and day. */
const ACCOUNTED = [TO_TIME, TO_LEVEL, SERVICE]
const CLASSIFIED = [METHOD, PATH, HTTP_HOST, TO_URL, TO_REQUEST]

/**
 * Where records are written, all of them; where they are only counted, what aggregates and filters name. A name
 * that only looks like a field's makes it wanted, which is harmless.
 */
export function usedFields(config: CrunchConfig, writesRecords: boolean): UsedFields {
  if (writesRecords) return ALL
  const { reduce, keep, drop, sample } = config
  const text = JSON.stringify({ reduce, keep, drop, sample })
  if (text.includes('attributes')) return ALL
  const wanted = new Set([...ACCOUNTED, ...CLASSIFIED])
  for (const [field, name] of TEXT_FIELDS.entries()) if (text.includes(name)) wanted.add(field)
  if (text.includes('status')) wanted.add(TO_STATUS)
  if (text.includes('bytes')) wanted.add(TO_BYTES)
  if (text.includes('duration_ms')) wanted.add(TO_DURATION)
  return { attributes: false, isWanted: to => to >= TO_ATTRIBUTE || wanted.has(to) }
}
