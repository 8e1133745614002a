import { type FieldName, destinationOf } from '../fields/field-name.ts'
import { assign } from '../fields/assign.ts'
import { SURE, type LogFormat } from '../format.ts'
import { levelOfText } from '../level.ts'
import type { Line } from '../line.ts'
import { setTime } from '../pattern.ts'
import { HOST, type LogRecord, PLAIN, SERVICE } from '../record.ts'

const EVENT = /^<Event xmlns=["']http:\/\/schemas\.microsoft\.com\/win\/2004\/08\/events\/event["']/
const DATA = /<Data Name=["']([^"']+)["']>([^<]*)<\/Data>/g
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}
/** 0 is written by audits, which have no level. @see winmeta.xml */
const LEVELS = ['info', 'fatal', 'error', 'warn', 'info', 'debug'] as const
/** Lines of an event that is printed with line ends; what is longer is none. */
const MAX_LINES = 500

/** Names of IIS that are fields; all others are attributes. */
const FIELDS: Readonly<Record<string, FieldName>> = {
  'cs-method': 'method',
  'cs-uri-stem': 'path',
  'cs-username': 'user_id',
  'c-ip': 'client_ip',
  'sc-status': 'status',
  'sc-bytes': 'bytes',
  'time-taken': 'duration_ms',
  'csUser-Agent': 'user_agent',
}
/** Said elsewhere in the event. */
const PASSED_OVER = new Set(['date', 'time', 'EnabledFieldsFlags'])

/**
 * An event of Windows as XML (`wevtutil qe /f:xml`, forwarders), in one line or several; IIS writes its
 * accesses as such events. @see the Event Schema of Windows Event Log
 */
export const windowsEventXml: LogFormat = {
  name: 'windows-event-xml',
  title: 'Windows event, XML (IIS too)',
  sureness: SURE,
  starts: '<',
  goesOn: (_, lines) => lines.length < MAX_LINES && lines.at(-1)?.includes('</Event>') !== true,
  claim: claimEvent,
  samples: [
    {
      line: '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-IIS-Logging" /><EventID>6200</EventID><Level>4</Level><TimeCreated SystemTime="2024-03-07T09:15:02.6206890Z" /><Channel>Microsoft-IIS-Logging/Logs</Channel><Computer>web-3.example</Computer></System><EventData><Data Name="date">2024-03-07</Data><Data Name="c-ip">203.0.113.9</Data><Data Name="cs-username">-</Data><Data Name="cs-method">GET</Data><Data Name="cs-uri-stem">/cart</Data><Data Name="cs-uri-query">a=1&amp;b=2</Data><Data Name="sc-status">404</Data><Data Name="sc-bytes">134</Data><Data Name="time-taken">49</Data><Data Name="csUser-Agent">Mozilla/5.0+(X11)</Data></EventData></Event>',
      expected: {
        time: '2024-03-07T09:15:02.620689Z',
        offset: 0,
        level: 'info',
        service: 'Microsoft-Windows-IIS-Logging',
        host: 'web-3.example',
        method: 'GET',
        path: '/cart',
        status: 404,
        bytes: 134,
        duration_ms: 49,
        client_ip: '203.0.113.9',
        user_agent: 'Mozilla/5.0 (X11)',
        event_id: '6200',
        channel: 'Microsoft-IIS-Logging/Logs',
        'cs-uri-query': 'a=1&b=2',
      },
    },
    {
      line: "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n<System><Provider Name='Service Control Manager'/><EventID Qualifiers='49152'>7034</EventID><Level>2</Level><TimeCreated SystemTime='2024-03-07T09:15:03.000000000Z'/><Computer>web-3</Computer></System>\n<EventData><Data Name='param1'>Shop</Data></EventData></Event>",
      expected: {
        time: '2024-03-07T09:15:03Z',
        offset: 0,
        level: 'error',
        service: 'Service Control Manager',
        host: 'web-3',
        event_id: '7034',
        param1: 'Shop',
      },
    },
  ],
}

function claimEvent({ text }: Line, record: LogRecord): boolean {
  if (!EVENT.test(text)) return false
  const time = /<TimeCreated SystemTime=["']([^"']+)["']/.exec(text)?.[1]
  if (time !== undefined && !setTime(record, time)) return false
  record.level = levelOfText(LEVELS[Number(element(text, 'Level') ?? 'none')] ?? '')
  record.setText(SERVICE, /<Provider Name=["']([^"']+)["']/.exec(text)?.[1] ?? '')
  record.setText(HOST, element(text, 'Computer') ?? '')
  addText(record, 'event_id', element(text, 'EventID'))
  addText(record, 'channel', element(text, 'Channel'))
  for (const [, name = '', value = ''] of text.matchAll(DATA)) {
    if (value === '' || value === '-' || PASSED_OVER.has(name)) continue
    addData(record, name, unescapeXml(value))
  }
  return true
}

function addData(record: LogRecord, name: string, value: string): void {
  const field = FIELDS[name]
  if (field === undefined) {
    record.addText(name, value)
    return
  }
  const { to, scale } = destinationOf(field)
  // IIS writes blanks of a browser's name as `+`.
  const bytes = Buffer.from(field === 'user_agent' ? value.replaceAll('+', ' ') : value)
  const before = record.current
  record.current = record.addBuffer(bytes)
  if (!assign(record, to, scale, bytes, 0, bytes.length, PLAIN)) record.addText(name, value)
  record.current = before
}

function element(text: string, name: string): string | undefined {
  const found = new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`).exec(text)?.[1]
  return found === undefined ? undefined : unescapeXml(found)
}

function addText(record: LogRecord, name: string, text: string | undefined): void {
  if (text !== undefined && text !== '') record.addText(name, text)
}

const unescapeXml = (text: string): string =>
  text.replaceAll(
    /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([0-9a-fA-F]+));/g,
    (whole, name, decimal, hex) => {
      if (name !== undefined) return ENTITIES[String(name)] ?? whole
      const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal)
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
    },
  )
