/** What a byte of a path is to those who take it apart. */
export const ORDINARY = 0
export const SEPARATOR = 1
/** The path ends before it. */
export const END = 2
/** The path is to be read as CanonicalPath has it. */
export const SPECIAL = 3

export const SLASH = 0x2f
export const PERCENT = 0x25
export const SEMICOLON = 0x3b

/** Of a path as it came. */
export const RAW_KINDS = new Uint8Array(256)
RAW_KINDS[SLASH] = SEPARATOR
RAW_KINDS[0x3f] = END // ?
RAW_KINDS[0x23] = END // #
RAW_KINDS[PERCENT] = SPECIAL
RAW_KINDS[SEMICOLON] = SPECIAL

/** Of a canonical path, where `%` is but a byte. */
export const CANONICAL_KINDS = new Uint8Array(256)
CANONICAL_KINDS[SLASH] = SEPARATOR

/** What is looked at of a path; the rest of a longer one is as if it were not there. */
export const MOST_PATH_BYTES = 65_536
