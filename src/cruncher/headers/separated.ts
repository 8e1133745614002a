import { columnsOf, columnText } from '../csv-columns.ts'
import { KNOWN_NAMES } from '../fields/known-names.ts'
import type { FieldName } from '../fields/field-name.ts'
import type { Line } from '../line.ts'
import { type LogRecord, MESSAGE } from '../record.ts'
import { assignColumn, type NamedColumn, namedColumn } from './columns.ts'
import type { HeaderFormat, HeaderState } from './header-format.ts'

/** A column's name: words, with what names are joined by. */
const NAME = /^"?[A-Za-z_@][\w .()/@:#-]{0,60}"?$/
const SEPARATORS = [
  { name: 'tsv', separator: 0x09 },
  { name: 'csv', separator: 0x2c },
  { name: 'csv', separator: 0x3b },
  { name: 'csv', separator: 0x7c },
]

class SeparatedLines implements HeaderState {
  readonly name: string
  readonly #separator: number
  readonly #columns: readonly NamedColumn[]

  constructor(name: string, separator: number, names: readonly string[]) {
    this.name = name
    this.#separator = separator
    this.#columns = columnsNamed(names)
  }

  claim(line: Line, record: LogRecord): boolean {
    const { bytes } = line
    const values = columnsOf(bytes, line.from, line.to, this.#separator)
    if (values.length !== this.#columns.length) return false
    for (const [index, value] of values.entries()) {
      const column = this.#columns[index]
      if (column === undefined || value.from === value.to) continue
      if (value.hasQuotes) {
        const text = columnText(bytes, value)
        if (column.to <= MESSAGE) record.setText(column.to, text)
        else record.addText(column.name, text)
      } else if (!assignColumn(record, column, bytes, value)) return false
    }
    return !Number.isNaN(record.timeUs)
  }
}

/** Of two names of one field, the better one has it; see KNOWN_NAMES. */
function columnsNamed(names: readonly string[]): NamedColumn[] {
  const best = new Map<FieldName, { readonly rank: number; readonly index: number }>()
  const known = names.map(name => KNOWN_NAMES.get(name) ?? KNOWN_NAMES.get(name.toLowerCase()))
  for (const [index, found] of known.entries()) {
    if (found === undefined) continue
    const other = best.get(found.field)
    if (other === undefined || found.rank < other.rank) {
      best.set(found.field, { rank: found.rank, index })
    }
  }
  return names.map((name, index) => {
    const field = known[index]?.field
    return namedColumn(
      name,
      field !== undefined && best.get(field)?.index === index ? field : undefined,
    )
  })
}

const isTime = (name: string): boolean =>
  (KNOWN_NAMES.get(name) ?? KNOWN_NAMES.get(name.toLowerCase()))?.field === 'time'

/**
 * Values between commas, semicolons, bars or tabs, whose first line names them. To be taken for a header a
 * line must have three names at least, nothing but names, and one that is known for a time.
 */
export const separated: HeaderFormat = {
  name: 'separated',
  title: 'CSV and TSV with a header',
  titles: {
    csv: 'CSV with a header (commas, semicolons, bars)',
    tsv: 'TSV with a header',
  },
  starts: 'a-zA-Z_@"',
  header({ bytes, from, to, text }) {
    if (to - from > MAX_HEADER_BYTES || !/[\t,;|]/.test(text)) return undefined
    for (const { name, separator } of SEPARATORS) {
      const columns = columnsOf(bytes, from, to, separator)
      if (columns.length < 3) continue
      const names = columns.map(column => columnText(bytes, column).trim())
      if (names.every(each => NAME.test(each)) && names.some(isTime) && areDifferent(names)) {
        return new SeparatedLines(name, separator, names)
      }
    }
    return undefined
  },
  samples: [
    {
      lines: [
        'timestamp,level,service,message,order',
        '2024-03-07T09:15:02Z,warn,shop,"item ""7"", gone",77',
      ],
      expected: {
        time: '2024-03-07T09:15:02Z',
        offset: 0,
        level: 'warn',
        service: 'shop',
        message: 'item "7", gone',
        order: '77',
      },
    },
    {
      lines: ['time\tmethod\tpath\tstatus', '2024-03-07 09:15:03\tGET\t/cart\t404'],
      expected: { time: '2024-03-07T09:15:03Z', method: 'GET', path: '/cart', status: 404 },
    },
  ],
}

const MAX_HEADER_BYTES = 8_192

const areDifferent = (names: readonly string[]): boolean => new Set(names).size === names.length
