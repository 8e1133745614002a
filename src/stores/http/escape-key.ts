import { FerryError } from '../../core/errors.ts'

const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/

/** A key as a path, for S3 and Google: all but unreserved characters and `/` escaped. */
export function escapeKey(key: string): string {
  return PLAIN_PATH.test(key) ? key : key.split('/').map(escapeSegment).join('/')
}

/** @throws FerryError KEY_INVALID */
export function escapeSegment(text: string): string {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, escapeCharacter)
  } catch (error) {
    // A surrogate without its other half.
    throw new FerryError('KEY_INVALID', 'a key holds what is no Unicode character', {
      cause: error,
    })
  }
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** What is undefined is left out. */
export type Query = Readonly<Record<string, string | undefined>>

/** With its `?`, and sorted, as signatures want it. */
export function printQuery(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${escapeSegment(name)}=${escapeSegment(value)}`],
  )
  return pairs.length === 0 ? '' : `?${pairs.sort().join('&')}`
}
