/** Pieces of the formats' regular expressions: each takes what it takes in one way only. */

/** A date with the year first, and a time of day, with a fraction or without. */
export const DATE_TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`

/** `Z`, `+02:00`, `-0700`. */
export const OFFSET = String.raw`(?:Z|[+-]\d\d:?\d\d)`

/** `25/Oct/2016:14:49:33 +0200`, as web servers write times. */
export const CLF_TIME = String.raw`\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?:\.\d{1,6})? [+-]\d{4}`

/** `Feb  9 21:19:40`, as syslog (RFC 3164) writes times. */
export const SYSLOG_TIME = String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d`

export const LEVEL_IN_CAPITALS = String.raw`TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL`
