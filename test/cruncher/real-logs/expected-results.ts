import { existsSync, readFileSync } from 'node:fs'

/** What somebody else's program found in a line. */
export interface ExpectedRecord {
  /** Where the line is: its first byte, or a text in it. */
  readonly byteOffset: number | undefined
  readonly text: string | undefined
  /** By the names of a record's fields; `time` in milliseconds. */
  readonly fields: Readonly<Record<string, string | number>>
}

export interface ExpectedResult {
  readonly records: readonly ExpectedRecord[]
  /** Of times that name no zone. */
  readonly timeZone: string
}

/** The result that stands beside a log, in one of the ways that are known here. */
export function expectedOf(log: string): ExpectedResult | undefined {
  const flat = `${log}.expected.json`
  if (existsSync(flat)) return flatResult(readFileSync(flat, 'utf8'))
  const assertions = `${log}.expected.assert.txt`
  if (existsSync(assertions)) return assertedResult(readFileSync(assertions, 'utf8'))
  return undefined
}

type Values = Readonly<Record<string, unknown>>

/** Names of the Elastic Common Schema, the better one first. */
const ECS: Readonly<Record<string, string>> = {
  level: 'log.level',
  status: 'http.response.status_code',
  method: 'http.request.method',
  path: 'url.path url.original',
  http_host: 'url.domain',
  client_ip: 'source.ip source.address',
  bytes: 'http.response.body.bytes http.response.bytes',
  user_agent: 'user_agent.original',
  user_id: 'user.name',
  host: 'host.hostname host.name',
  service: 'process.name',
  request_id: 'http.request.id',
  message: 'message',
}
const NANOSECONDS = 1_000_000

/** A list of objects with flat names, each with the place of its line. */
function flatResult(text: string): ExpectedResult {
  const objects: readonly Values[] = JSON.parse(text)
  const isTwoBehind = objects.some(object => object['event.timezone'] === '-02:00')
  const records = objects.map((object): ExpectedRecord => {
    const fields = fieldsOf(object, ECS)
    const time = object['@timestamp']
    if (typeof time === 'string') fields['time'] = Date.parse(time)
    const duration = object['event.duration']
    if (typeof duration === 'number') fields['duration_ms'] = duration / NANOSECONDS
    return { byteOffset: Number(object['log.offset']), text: undefined, fields }
  })
  return { records, timeZone: isTwoBehind ? 'Etc/GMT+2' : 'UTC' }
}

const META: Readonly<Record<string, string>> = {
  status: 'Meta.http_status',
  method: 'Meta.http_verb',
  path: 'Meta.http_path',
  client_ip: 'Meta.source_ip',
  user_agent: 'Meta.http_user_agent',
  user_id: 'Meta.username Meta.user',
}

const ASSERTION =
  /^results\["s02-enrich"\]\["crowdsecurity\/dateparse-enrich"\]\[(\d+)\]\.Evt\.(\w+)\["(\w+)"\] == ("(?:[^"\\]|\\.)*")$/

/** Assertions of one value each. */
function assertedResult(text: string): ExpectedResult {
  const events = new Map<string, Record<string, unknown>>()
  for (const line of text.split('\n')) {
    const [, index = '', group = '', name = '', value = ''] = ASSERTION.exec(line) ?? []
    if (index === '') continue
    const event = events.get(index) ?? {}
    event[`${group}.${name}`] = textOf(value)
    events.set(index, event)
  }
  const records = [...events.values()].flatMap((event): ExpectedRecord[] => {
    const message = event['Parsed.message']
    const time = event['Enriched.MarshaledTime']
    if (typeof message !== 'string' || message === '') return []
    const fields = fieldsOf(event, META)
    if (typeof time === 'string' && time !== '') fields['time'] = Date.parse(time)
    return [{ byteOffset: undefined, text: message, fields }]
  })
  return { records, timeZone: 'UTC' }
}

/** A text as Go writes it, whose escapes are JSON's but for a few. */
function textOf(quoted: string): string {
  try {
    const text: unknown = JSON.parse(quoted)
    return String(text)
  } catch {
    return ''
  }
}

function fieldsOf(
  values: Values,
  names: Readonly<Record<string, string>>,
): Record<string, string | number> {
  const fields: Record<string, string | number> = {}
  for (const [field, known] of Object.entries(names)) {
    for (const name of known.split(' ')) {
      const [value] = [values[name]].flat()
      if (value === undefined || value === '' || value === '-') continue
      if (typeof value !== 'string' && typeof value !== 'number') continue
      fields[field] = field === 'status' || field === 'bytes' ? Number(value) : String(value)
      break
    }
  }
  return fields
}
