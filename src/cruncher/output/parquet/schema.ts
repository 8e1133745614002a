import { OUTPUT_COLUMNS, type OutputColumn } from '../columns.ts'
import type { ThriftWriter } from './thrift-writer.ts'

/** Numbers of Parquet's types, as they stand in files. @see https://github.com/apache/parquet-format */
const PHYSICAL = { int32: 1, int64: 2, time: 2, double: 5, text: 6, json: 6 } as const
const CONVERTED = { text: 0, time: 10, json: 19 } as const
const LOGICAL = { text: 1, time: 8, json: 12 } as const
const MICROSECONDS = 2
const OPTIONAL = 1

export function physicalType({ kind }: OutputColumn): number {
  return PHYSICAL[kind]
}

/** How many elements `putSchema` puts. */
export const SCHEMA_ELEMENTS = OUTPUT_COLUMNS.length + 1

/** The root and the columns, none within another. */
export function putSchema(thrift: ThriftWriter): void {
  thrift.beginElement()
  thrift.binary(4, Buffer.from('root'))
  thrift.int32(5, OUTPUT_COLUMNS.length)
  thrift.end()
  for (const column of OUTPUT_COLUMNS) putElement(thrift, column)
}

function putElement(thrift: ThriftWriter, column: OutputColumn): void {
  const { name, kind } = column
  thrift.beginElement()
  thrift.int32(1, physicalType(column))
  thrift.int32(3, OPTIONAL)
  thrift.binary(4, Buffer.from(name))
  if (kind === 'text' || kind === 'json' || kind === 'time') {
    thrift.int32(6, CONVERTED[kind])
    thrift.begin(10)
    thrift.begin(LOGICAL[kind])
    if (kind === 'time') {
      thrift.bool(1, true) // in UTC
      thrift.begin(2)
      thrift.begin(MICROSECONDS)
      thrift.end()
      thrift.end()
    }
    thrift.end()
    thrift.end()
  }
  thrift.end()
}
