/** What a column holds; how each is written is said in docs/crunch-output.md, which is tested against this. */
type ColumnKind = 'time' | 'text' | 'json' | 'int32' | 'int64' | 'double'

export interface OutputColumn {
  readonly name: string
  readonly kind: ColumnKind
  readonly what: string
}

/** The columns of a record that is written, in the order of every format. Each may be absent. */
export const OUTPUT_COLUMNS = [
  { name: 'time', kind: 'time', what: 'in UTC, with microseconds' },
  { name: 'utc_offset', kind: 'int32', what: 'of the time as it was written, in minutes' },
  { name: 'inferred', kind: 'text', what: 'what the line left out: of `year`, `date`, `zone`' },
  { name: 'level', kind: 'text', what: '`trace` to `fatal`' },
  { name: 'service', kind: 'text', what: 'who wrote the line' },
  { name: 'host', kind: 'text', what: 'the machine' },
  { name: 'logger', kind: 'text', what: 'the part of the service' },
  { name: 'method', kind: 'text', what: 'of a request' },
  { name: 'path', kind: 'text', what: 'of a request' },
  { name: 'http_host', kind: 'text', what: 'that a request named' },
  { name: 'route', kind: 'text', what: 'the class of the request' },
  { name: 'status', kind: 'int32', what: 'of a response' },
  { name: 'duration_ms', kind: 'double', what: 'in milliseconds' },
  { name: 'bytes', kind: 'int64', what: 'of a response' },
  { name: 'client_ip', kind: 'text', what: 'who asked' },
  { name: 'user_id', kind: 'text', what: 'who was signed in' },
  { name: 'session', kind: 'text', what: 'of the user' },
  { name: 'request_id', kind: 'text', what: 'of a request' },
  { name: 'user_agent', kind: 'text', what: 'with what was asked' },
  { name: 'event', kind: 'text', what: 'what happened, by name' },
  { name: 'message', kind: 'text', what: 'what the line says to people' },
  { name: 'attributes', kind: 'json', what: 'an object of all that has no column' },
  { name: 'format', kind: 'text', what: 'of the line, as it was detected' },
  { name: 'source_file', kind: 'text', what: 'the input' },
  { name: 'source_line', kind: 'int64', what: 'the line in the input, from 1' },
] as const satisfies readonly OutputColumn[]

export type ColumnName = (typeof OUTPUT_COLUMNS)[number]['name']
