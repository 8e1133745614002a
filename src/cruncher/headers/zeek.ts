import type { FieldName } from '../fields/field-name.ts'
import type { Line } from '../line.ts'
import { LOGGER, type LogRecord } from '../record.ts'
import { assignColumn, type NamedColumn, namedColumn } from './columns.ts'
import type { HeaderFormat, HeaderState } from './header-format.ts'

const FIELDS: Readonly<Record<string, FieldName>> = {
  ts: 'time',
  uid: 'session',
  'id.orig_h': 'client_ip',
  user: 'user_id',
  username: 'user_id',
  method: 'method',
  uri: 'url',
  status_code: 'status',
  user_agent: 'user_agent',
  duration: 'duration_s',
  rtt: 'duration_s',
  response_body_len: 'bytes',
  resp_bytes: 'bytes',
  note: 'event',
  msg: 'message',
}
const NUMBERS = new Set(['count', 'int', 'double', 'port', 'interval'])

/** What the `#` lines have said; the columns are known when the line with their types came. */
class ZeekLines implements HeaderState {
  readonly name = 'zeek'
  readonly said: ReadonlyMap<string, string>
  readonly separator: string
  readonly #columns: readonly NamedColumn[]
  readonly #unset: string
  readonly #empty: string
  readonly #path: string

  constructor(said: ReadonlyMap<string, string>) {
    this.said = said
    const hex = /^\\x([0-9a-f]{2})$/.exec(said.get('separator') ?? '')?.[1]
    this.separator = hex === undefined ? '\t' : String.fromCharCode(Number.parseInt(hex, 16))
    const names = said.get('fields')?.split(this.separator) ?? []
    const types = said.get('types')?.split(this.separator) ?? []
    // Elsewhere `host` is a machine that was seen, not one that a request named.
    const isHttp = said.get('path') === 'http'
    this.#columns = names.map((name, index) => {
      const field = isHttp && name === 'host' ? 'http_host' : FIELDS[name]
      return namedColumn(name, field, NUMBERS.has(types[index] ?? ''))
    })
    this.#unset = said.get('unset_field') ?? '-'
    this.#empty = said.get('empty_field') ?? '(empty)'
    this.#path = said.get('path') ?? ''
  }

  claim(line: Line, record: LogRecord): boolean {
    const columns = this.#columns
    const { bytes, from, to } = line
    if (columns.length === 0 || bytes[from] === HASH) return false
    const separator = this.separator.charCodeAt(0)
    let at = from
    for (const [index, column] of columns.entries()) {
      let end = at
      while (end < to && bytes[end] !== separator) end++
      if (end === to && index < columns.length - 1) return false
      const text = bytes.toString('latin1', at, end)
      const isThere = text !== '' && text !== this.#unset && text !== this.#empty
      if (isThere && !assignColumn(record, column, bytes, { from: at, to: end })) return false
      at = end + 1
    }
    record.setText(LOGGER, this.#path)
    return at === to + 1
  }
}

const HASH = 0x23

/** Zeek's (once Bro's) logs as text; `#path` says which log it is. */
export const zeek: HeaderFormat = {
  name: 'zeek',
  title: 'Zeek',
  starts: '#',
  header(line, before) {
    const [, name, value = ''] =
      /^#(separator|set_separator|empty_field|unset_field|path|open|close|fields|types)[ \t](.*)$/s.exec(
        line.text,
      ) ?? []
    if (name === undefined) return undefined
    // A file that was put behind another begins anew.
    const said = before instanceof ZeekLines && name !== 'separator' ? before.said : []
    return new ZeekLines(new Map([...said, [name, value]]))
  },
  samples: [
    {
      lines: [
        '#separator \\x09',
        '#unset_field\t-',
        '#path\tconn',
        '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes',
        '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount',
        '1709802902.496300\tCg9xqq3JAcZuss\t203.0.113.9\t52025\t10.0.0.2\t80\ttcp\t-\t2.125\t0\t1387',
      ],
      expected: {
        time: '2024-03-07T09:15:02.4963Z',
        logger: 'conn',
        client_ip: '203.0.113.9',
        session: 'Cg9xqq3JAcZuss',
        bytes: 1387,
        duration_ms: 2125,
        'id.orig_p': 52025,
        proto: 'tcp',
        orig_bytes: 0,
      },
    },
    {
      lines: [
        '#separator \\x09',
        '#path\thttp',
        '#fields\tts\tid.orig_h\tmethod\thost\turi\tstatus_code',
        '1709802903.000000\t203.0.113.9\tGET\tshop.example\t/cart?x=1\t404',
      ],
      expected: {
        time: '2024-03-07T09:15:03Z',
        logger: 'http',
        client_ip: '203.0.113.9',
        method: 'GET',
        path: '/cart',
        query: 'x=1',
        status: 404,
        http_host: 'shop.example',
      },
    },
  ],
}
