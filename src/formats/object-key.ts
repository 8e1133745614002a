/**
 * Keys of objects in the order of their UTF-8 bytes, which is that of every service's listing.
 * JavaScript's own order is that of UTF-16 units, which differs for characters outside the basic
 * plane: those must come after U+E000 to U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x !== y) return x >= SURROGATES && y >= SURROGATES ? byCodePoint(x) - byCodePoint(y) : x - y
  }
  return a.length - b.length
}

const SURROGATES = 0xd800

/** Moves the surrogates behind the rest of the basic plane. */
function byCodePoint(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}

const LONGEST_SEGMENT_BYTES = 255

/** Names that the file driver gives to what is not whole yet; no object can have one. */
export const UPLOAD_NAME = /^\.ferry-upload-/

/** Held, in a folder, by who replaces a file that must still be the one it was. */
export const UPLOAD_LOCK = '.ferry-upload-lock'

/**
 * Why a key cannot be the path of a file inside of a folder, or undefined when it can. What it
 * refuses would leave the folder (`..`), name another file than the key says (`a//b`, `a/./b`), or
 * cannot be made.
 */
export function pathKeyFault(key: string): string | undefined {
  if (key === '') return 'is empty'
  if (key.includes('\0')) return 'holds a NUL character'
  for (const segment of key.split('/')) {
    if (segment === '') return 'has an empty segment (`//`, or a `/` at an end)'
    if (segment === '.' || segment === '..') return `has the segment \`${segment}\``
    if (UPLOAD_NAME.test(segment)) return 'has a name that is kept for unfinished uploads'
    if (segment.length * 3 > LONGEST_SEGMENT_BYTES && Buffer.byteLength(segment) > 255) {
      return `has a segment of over ${LONGEST_SEGMENT_BYTES} bytes`
    }
  }
  return undefined
}

/** A key as it may be shown on a terminal: control characters escaped. */
export function showKey(key: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return key.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
