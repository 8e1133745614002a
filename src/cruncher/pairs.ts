import type { Line } from './line.ts'
import type { Groups } from './pattern.ts'
import { assignUrl } from './fields/assign.ts'
import { CLIENT_IP, type LogRecord, MESSAGE, PLAIN, USER_ID } from './record.ts'

/** `name=value`, `name="quoted \" value"`, `name='...'`; the value ends at a space or comma. */
const PAIR = /(?<![\w.-])([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,;"']*))/g

/** Pairs of a text as attributes; what stands between them is passed over. */
export function addPairs(record: LogRecord, text: string): void {
  for (const [, name = '', quoted, single, bare] of text.matchAll(PAIR)) {
    const value = quoted === undefined ? (single ?? bare) : quoted.replaceAll(/\\(["\\])/g, '$1')
    if (value !== undefined && value !== '') record.addText(name, value)
  }
}

/** A message `"in quotes" name="value"...`, as structured logging over klog writes it. */
export function addQuotedMessage(record: LogRecord, _line: Line, groups: Groups): void {
  const text = groups.text('message') ?? ''
  if (!text.startsWith('"')) return
  const end = text.indexOf('" ', 1)
  if (end < 0) return
  record.setText(MESSAGE, text.slice(1, end))
  addPairs(record, text.slice(end + 2))
}

/** Names of Elasticsearch's that are fields. */
const BRACKETED_FIELDS: Readonly<Record<string, number>> = {
  origin_address: CLIENT_IP,
  principal: USER_ID,
}

/** `name[value], name[value]` and `name=[value]`: values may have brackets within; it ends before `], `. */
export function addBracketed(record: LogRecord, text: string): void {
  for (const [, name = '', value = ''] of text.matchAll(
    /(?<![a-z_])([a-z_]+)=?\[([^\]]*)\](?=,|$)/g,
  )) {
    const field = BRACKETED_FIELDS[name]
    if (value === '' || name === 'took_millis') continue
    if (name === 'uri') setUrl(record, value)
    else if (field === undefined) record.addText(name, value)
    else record.setText(field, value)
  }
}

/** A path and a query that are no slices of the line. */
function setUrl(record: LogRecord, url: string): void {
  const bytes = Buffer.from(url)
  const { current } = record
  record.current = record.addBuffer(bytes)
  assignUrl(record, bytes, 0, bytes.length, PLAIN)
  record.current = current
}
