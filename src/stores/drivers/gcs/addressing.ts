import { FerryError } from '../../../core/errors.ts'

/** An object, or what is done with it, in the JSON API. */
export function objectPath(bucket: string, key: string): string {
  return `${bucketPath(bucket)}/o/${escapeSegment(key)}`
}

export function bucketPath(bucket: string): string {
  return `/storage/v1/b/${escapeSegment(bucket)}`
}

export function insertPath(bucket: string): string {
  return `/upload${bucketPath(bucket)}/o`
}

const HAS_DOT_SEGMENT = /(^|\/)\.{1,2}(\/|$)/

/**
 * An object in the XML API, whose paths look like files'. In a key with `..` the slashes are escaped
 * as well, so that nothing on the way takes it for the folder above.
 */
export function xmlPath(bucket: string, key: string): string {
  const escaped = HAS_DOT_SEGMENT.test(key) ? escapeSegment(key) : escapeKey(key)
  return `/${escapeSegment(bucket)}/${escaped}`
}

const PLAIN = /^[A-Za-z0-9\-._~/]*$/

export function escapeKey(key: string): string {
  return PLAIN.test(key) ? key : key.split('/').map(escapeSegment).join('/')
}

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

export type Query = Readonly<Record<string, string | undefined>>

export function printQuery(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${escapeSegment(name)}=${escapeSegment(value)}`],
  )
  return pairs.length === 0 ? '' : `?${pairs.sort().join('&')}`
}
