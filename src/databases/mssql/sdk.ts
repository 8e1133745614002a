/** What the dialect takes from tedious. The package and what it brings for Entra ID become one file of dist/. */
export { BulkLoad, Connection, ConnectionError, Request, TYPES } from 'tedious'
export type { ConnectionConfiguration } from 'tedious'
export { default as valueParser } from 'tedious/lib/value-parser.js'
export { Result, NotEnoughDataError } from 'tedious/lib/token/helpers.js'
