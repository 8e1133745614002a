import { Fault } from '../fault.ts'
import { syntax, type Token } from './tokens.ts'
import { readType } from './types.ts'

type Args = readonly (readonly Token[])[]
type Write = (args: Args, render: (list: readonly Token[]) => string) => string

export const KEYWORDS_BEFORE_PARENTHESES = new Set(
  'and or not in exists any some all when then else case on as over by select distinct where from join having values between like union except intersect set using apply'.split(
    ' ',
  ),
)

/** Functions that DuckDB has under the same name, for the same. */
export const PASSED_ON = new Set(
  'count sum min max avg coalesce nullif upper lower abs floor substring replace ltrim rtrim trim concat concat_ws left right row_number rank dense_rank lead lag year month day string_agg sign ntile min max'.split(
    ' ',
  ),
)

const renamed =
  (name: string): Write =>
  (args, render) =>
    `${name}(${args.map(render).join(', ')})`

const fixed =
  (text: string): Write =>
  () =>
    text

const INTERVALS: Readonly<Record<string, string>> = {
  millisecond: 'to_milliseconds',
  second: 'to_seconds',
  minute: 'to_minutes',
  hour: 'to_hours',
  day: 'to_days',
  month: 'to_months',
  year: 'to_years',
}

export const FUNCTIONS: Readonly<Record<string, Write>> = {
  count_big: (args, render) => `count(${args.map(render).join(', ')})`,
  isnull: renamed('coalesce'),
  len: (args, render) => `length(rtrim(${args.map(render).join(', ')}, ' '))`,
  datalength: (args, render) => `octet_length(encode(${args.map(render).join(', ')}))`,
  replicate: renamed('repeat'),
  nchar: renamed('chr'),
  round: (args, render) =>
    args.length === 3
      ? `ferry_tds.cut(${args.slice(0, 2).map(render).join(', ')})`
      : `round(${args.map(render).join(', ')})`,
  charindex: ([what, text], render) => `strpos(${render(text ?? [])}, ${render(what ?? [])})`,
  stuff: (args, render) => {
    const [text = '', at = '', length = '', put = ''] = args.map(render)
    return `(left(${text}, ${at} - 1) || ${put} || substr(${text}, ${at} + ${length}))`
  },
  ceiling: renamed('ceil'),
  getdate: fixed("(now() AT TIME ZONE 'UTC')"),
  getutcdate: fixed("(now() AT TIME ZONE 'UTC')"),
  sysdatetime: fixed("(now() AT TIME ZONE 'UTC')"),
  sysutcdatetime: fixed("(now() AT TIME ZONE 'UTC')"),
  sysdatetimeoffset: fixed('now()'),
  switchoffset: ([moment], render) => render(moment ?? []), // kept and shown in UTC
  newid: fixed('uuid()'),
  db_name: fixed("'ferry'"),
  db_id: fixed('5'),
  databasepropertyex: ([, property]) => {
    if (property?.[0]?.value !== 'Updateability') throw syntax(property?.[0])
    return "'READ_WRITE'"
  },
  has_perms_by_name: fixed('1'),
  datediff_big: ([unit, from, to], render) => {
    if (unit?.[0]?.value.toLowerCase() !== 'millisecond') throw syntax(unit?.[0])
    return `date_diff('millisecond', ${render(from ?? [])}, ${render(to ?? [])})`
  },
  schema_name: (args, render) =>
    args.length === 0
      ? 'current_schema()'
      : `(SELECT s.name FROM sys.schemas s WHERE s.schema_id = ${render(args[0] ?? [])})`,
  schema_id: ([name], render) =>
    `(SELECT s.schema_id FROM sys.schemas s WHERE lower(s.name) = lower(${render(name ?? [])}))`,
  object_id: ([name, kind]) => objectId(name?.[0], kind?.[0]?.value),
  iif: (args, render) => {
    const [condition = '', yes = '', no = ''] = args.map(render)
    return `CASE WHEN ${condition} THEN ${yes} ELSE ${no} END`
  },
  dateadd: ([unit, amount, moment], render) => {
    const interval = INTERVALS[unit?.[0]?.value.toLowerCase() ?? '']
    if (interval === undefined) throw syntax(unit?.[0])
    return `(${render(moment ?? [])} + ${interval}(${render(amount ?? [])}))`
  },
  generate_series: (args, render) => {
    const [from = '', to = ''] = args.map(render)
    return `(SELECT CAST(range AS INTEGER) AS "value" FROM range(${from}, ${to} + 1))`
  },
  /** Of UTF-8: SQL Server hashes the bytes of the text, which are others in other collations. */
  hashbytes: ([algorithm, text], render) => {
    const isUtf8 = text?.some(token => token.value.toUpperCase().endsWith('_UTF8')) === true
    if (algorithm?.[0]?.value.toUpperCase() !== 'MD5' || !isUtf8) throw syntax(algorithm?.[0])
    return `from_hex(md5(${render(text ?? [])}))`
  },
  convert: (args, render) => convert(args, render, 'CAST'),
  try_convert: (args, render) => convert(args, render, 'TRY_CAST'),
}

function convert([type, value, style]: Args, render: Parameters<Write>[1], cast: string): string {
  const { type: target } = readType(type ?? [])
  const text = render(value ?? [])
  const plain = castTo(target.duckdb, value ?? [], text, cast)
  switch (style?.[0]?.value) {
    case undefined:
    case '0':
    case '120':
    case '126':
      return plain
    case '23':
      return target.duckdb === 'VARCHAR' ? `strftime(${text}, '%Y-%m-%d')` : plain
    case '3': // all digits of a float
      return `ferry_tds.scientific(${text}, 16)`
    case '121':
      return target.duckdb === 'VARCHAR' ? `ferry_tds.style121(${text})` : plain
    case '1': // 0x before
      if (target.duckdb === 'BLOB') return `from_hex(substr(${text}, 3))`
      return `('0x' || upper(hex(${text})))`
    case '2':
      return target.duckdb === 'BLOB' ? `from_hex(${text})` : `ferry_tds.style2(${text})`
    default:
      throw syntax(style?.[0])
  }
}

/** Bytes of a text that is UTF-8; a number of bytes, the first of which count most. */
export function castTo(
  duckdb: string,
  value: readonly Token[],
  text: string,
  cast: string,
): string {
  const isUtf8 = value.some((token, at) => isUtf8Collation(token) && at === value.length - 1)
  const isNested = value[0]?.value.toUpperCase() === 'CAST' && value.some(isUtf8Collation)
  if (duckdb === 'BLOB' && (isUtf8 || isNested)) return `encode(${text})`
  const isBytes =
    /^(CONVERT|CAST)$/i.test(value[0]?.value ?? '') && /^varbinary$/i.test(value[2]?.value ?? '')
  if (duckdb === 'BIGINT' && isBytes) return `CAST('0x' || hex(${text}) AS BIGINT)`
  return `${cast}(${text} AS ${duckdb})`
}

const isUtf8Collation = (token: Token): boolean => token.value.toUpperCase().endsWith('_UTF8')

function objectId(name: Token | undefined, kind: string | undefined): string {
  if (name?.kind !== 'string') throw syntax(name)
  const parts = [...name.value.matchAll(/\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.[\]"]+)/g)].map(
    ([, bracketed, quoted, bare]) =>
      bracketed?.replaceAll(']]', ']') ?? quoted?.replaceAll('""', '"') ?? bare ?? '',
  )
  const object = parts.at(-1) ?? ''
  const text = (value: string): string => `lower('${value.replaceAll("'", "''")}')`
  if (object.startsWith('#')) {
    return `(SELECT table_oid FROM duckdb_tables() WHERE temporary AND lower(table_name) = ${text(object)})`
  }
  if (parts.length > 2) throw new Fault(911, `Database of '${name.value}' does not exist.`)
  const schema = parts.length === 2 ? text(parts[0] ?? '') : 'current_schema()'
  const type = kind === undefined ? '' : ` AND o.type = '${kind.trim()}'`
  return `(SELECT o.object_id FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
    WHERE lower(s.name) = ${schema} AND lower(o.name) = ${text(object)}${type})`
}
