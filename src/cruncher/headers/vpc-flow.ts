import type { FieldName } from '../fields/field-name.ts'
import type { Line } from '../line.ts'
import type { LogRecord } from '../record.ts'
import { assignColumn, type NamedColumn, namedColumn } from './columns.ts'
import type { HeaderFormat, HeaderState } from './header-format.ts'

const FIELDS: Readonly<Record<string, FieldName>> = {
  start: 'time',
  srcaddr: 'client_ip',
  bytes: 'bytes',
  action: 'event',
}
const NUMBERS = new Set('version srcport dstport protocol packets end tcp-flags'.split(' '))

class FlowLines implements HeaderState {
  readonly name = 'aws-vpc-flow-header'
  readonly #columns: readonly NamedColumn[]

  constructor(names: readonly string[]) {
    this.#columns = names.map(name => namedColumn(name, FIELDS[name], NUMBERS.has(name)))
  }

  claim({ bytes, from, text }: Line, record: LogRecord): boolean {
    const values = text.split(' ')
    if (values.length !== this.#columns.length) return false
    let at = from
    for (const [index, value] of values.entries()) {
      const column = this.#columns[index]
      const place = { from: at, to: at + Buffer.byteLength(value) }
      at = place.to + 1
      if (column === undefined || value === '-' || value === '') continue
      if (!assignColumn(record, column, bytes, place)) return false
    }
    return !Number.isNaN(record.timeUs)
  }
}

/** Flow logs in S3, with any choice of fields: the first line names them. */
export const vpcFlow: HeaderFormat = {
  name: 'aws-vpc-flow-header',
  title: 'AWS VPC flow log with its header',
  starts: 'a-z',
  header({ text }) {
    const isHeader = /^[a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*){5,40}$/.test(text)
    const names = isHeader ? text.split(' ') : []
    const needed = ['interface-id', 'srcaddr', 'start']
    return needed.every(name => names.includes(name)) ? new FlowLines(names) : undefined
  },
  samples: [
    {
      lines: [
        'version vpc-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags',
        '3 vpc-0a1b2c3d eni-0a1b2c3d 203.0.113.9 10.0.1.5 51514 443 6 12 8400 1709802902 1709802960 ACCEPT 19',
      ],
      expected: {
        time: '2024-03-07T09:15:02Z',
        client_ip: '203.0.113.9',
        bytes: 8400,
        event: 'ACCEPT',
        'vpc-id': 'vpc-0a1b2c3d',
        dstport: 443,
        'tcp-flags': 19,
      },
    },
    {
      lines: [
        'interface-id srcaddr dstaddr start end action',
        'eni-0a1b2c3d - - 1709802903 1709802960 -',
      ],
      expected: { time: '2024-03-07T09:15:03Z' },
    },
  ],
}
