import { escapeKey, escapeSegment } from '../../http/escape-key.ts'

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
