import { FerryError } from '../../../core/errors.ts'
import { showKey } from '../../../formats/object-key.ts'

const MAX_CHARACTERS = 1_024
const MAX_SEGMENTS = 254

/**
 * Why the service does not take a key as it is, or would take it for another: it drops dots at the
 * end of a segment and takes a backslash for a slash, so that two keys would be one object.
 */
export function keyFault(key: string): string | undefined {
  if (key === '') return 'is empty'
  if (key.length > MAX_CHARACTERS) return `has more than ${MAX_CHARACTERS} characters`
  if (!key.isWellFormed()) return 'holds what is no Unicode character'
  if (key.includes('\\')) return 'holds a `\\`, which the service takes for a `/`'
  if (/\.(\/|$)/.test(key)) return 'has a segment that ends in a dot, which the service drops'
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u001f\u007f\ufffe\uffff]/.test(key)) return 'holds a character that listings cannot'
  if (key.split('/').length > MAX_SEGMENTS) return `has more than ${MAX_SEGMENTS} segments`
  return undefined
}

/** @throws FerryError KEY_INVALID */
export function assertKey(key: string): void {
  const fault = keyFault(key)
  if (fault === undefined) return
  throw new FerryError(
    'KEY_INVALID',
    `\`${showKey(key)}\` cannot be the name of a blob: it ${fault}`,
    {
      hint: 'choose another name',
      details: { key },
    },
  )
}

const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/

/** A key as a path: all but unreserved characters and `/` escaped. */
export function escapeKey(key: string): string {
  return PLAIN_PATH.test(key) ? key : key.split('/').map(escapeSegment).join('/')
}

export function escapeSegment(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27')
}

export function printQuery(query: Readonly<Record<string, string>>): string {
  let text = ''
  for (const [name, value] of Object.entries(query)) {
    text += `${text === '' ? '' : '&'}${name}=${encodeURIComponent(value)}`
  }
  return text
}
