/** Packets in whatever pieces a network delivers them, by a server that is nothing but a socket. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { csvLine, type Delimiter, type Field } from '../../src/formats/csv.ts'
import { CsvRows } from '../../src/databases/mysql/csv-rows.ts'
import { Result } from '../../src/databases/mysql/result.ts'
import { TextRows } from '../../src/databases/mysql/text-rows.ts'
import { LongCsvRow } from '../../src/databases/mysql/long-row.ts'
import {
  BITS,
  BYTES,
  PLAIN,
  TEXT,
  type ValueReader,
} from '../../src/databases/mysql/value-reader.ts'
import { Wire } from '../../src/databases/mysql/wire.ts'

const LONGEST = 0xff_ff_ff

function packet(payload: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let from = 0; ; from += LONGEST) {
    const part = payload.subarray(from, from + LONGEST)
    const header = Buffer.alloc(4)
    header.writeUIntLE(part.length, 0, 3)
    pieces.push(header, part)
    if (part.length < LONGEST) return Buffer.concat(pieces)
  }
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length < 251) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const head = Buffer.alloc(9)
  if (bytes.length < 65_536) {
    head.writeUInt8(0xfc)
    head.writeUInt16LE(bytes.length, 1)
    return Buffer.concat([head.subarray(0, 3), bytes])
  }
  head.writeUInt8(0xfd)
  head.writeUIntLE(bytes.length, 1, 3)
  return Buffer.concat([head.subarray(0, 4), bytes])
}

const END = packet(Buffer.from([0xfe, 0, 0, 2, 0]))

/** The answer to a query: so many text columns, and rows. */
function answer(rows: readonly (readonly Field[])[], width: number): Buffer {
  const tail = Buffer.from([0x0c, 45, 0, 0, 1, 0, 0, 253, 0, 0, 0, 0, 0])
  const names = ['def', '', '', '', 'c', 'c'].map(counted)
  const column = packet(Buffer.concat([...names, tail]))
  const fields = (row: readonly Field[]): Buffer[] =>
    row.map(field => (field === null ? Buffer.from([0xfb]) : counted(field)))
  return Buffer.concat([
    packet(Buffer.from([width])),
    ...Array.from({ length: width }, () => column),
    END,
    ...rows.map(row => packet(Buffer.concat(fields(row)))),
    END,
  ])
}

let port = 0
let toSend: readonly Buffer[] = []
const server = createServer(socket => void sendAll(socket))
const sendAll = async (socket: Socket): Promise<void> => {
  socket.setNoDelay(true).on('error', () => undefined)
  for (const piece of toSend) {
    socket.write(piece)
    if (piece.length < 50) await new Promise(resolve => setImmediate(resolve))
  }
  socket.end()
}
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => void server.close())

/** Cuts bytes at these sizes, taken in turns. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

async function receive(bytes: Buffer, sizes: readonly number[]): Promise<Result> {
  toSend = cut(bytes, sizes)
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return await Result.read(new Wire(socket))
}

async function csvOf(result: Result, delimiter: Delimiter): Promise<string> {
  let text = ''
  let rows = 0
  const sink = new CsvRows(
    result.columns.map(() => TEXT),
    delimiter,
    'reuse',
  )
  for await (const piece of result.pieces(sink)) {
    if (piece.rows > 0) expect(piece.bytes.at(-1)).toBe(10)
    text += piece.bytes.toString()
    rows += piece.rows
  }
  expect(rows).toBe(result.rows)
  return text
}

const field = fc.option(
  fc.oneof(
    fc.string({ unit: fc.constantFrom(',', '"', '\n', '\r', '\t', '\\', '.', 'a', 'é', '🎉') }),
    fc.constantFrom('', '\\.', 'x'.repeat(250), 'y'.repeat(251), '"'.repeat(70_000)),
  ),
)

test('rows are the lines of csv.ts, however the bytes come', async () => {
  const table = fc.integer({ min: 1, max: 4 }).chain(width =>
    fc.record({
      rows: fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 12 }),
      width: fc.constant(width),
    }),
  )
  const sizes = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 5 })
  const delimiter = fc.constantFrom<Delimiter>(',', '\t')
  await fc.assert(
    fc.asyncProperty(table, sizes, delimiter, async ({ rows, width }, sizes, delimiter) => {
      const bytes = answer(rows, width)
      const few = sizes.map(size => Math.max(size, Math.ceil(bytes.length / 300)))
      const expected = rows.map(row => csvLine(row, delimiter)).join('')
      expect(await csvOf(await receive(bytes, few), delimiter)).toBe(expected)
      const result = await receive(bytes, few)
      const found: (readonly Field[])[] = []
      for await (const batch of result.pieces(new TextRows(result.columns))) found.push(...batch)
      expect(found).toEqual(rows)
    }),
    { numRuns: 60 },
  )
}, 60_000)

test.each([LONGEST - 5, LONGEST - 4, LONGEST - 3, 2 * LONGEST])(
  'a value of %i bytes, which is cut into packets, comes whole',
  async size => {
    const rows = [['before'], ['z'.repeat(size)], ['after']]
    // A length of three bytes holds 16 MB less one.
    const long = Buffer.alloc(9)
    long.writeUInt8(0xfe)
    long.writeBigUInt64LE(BigInt(size), 1)
    const whole = [packet(Buffer.from([1])), answer([], 1).subarray(5, -END.length)]
    const sent = [
      ...whole,
      packet(counted('before')),
      packet(Buffer.concat([long, Buffer.alloc(size, 'z')])),
      packet(counted('after')),
      END,
    ]
    const bytes = Buffer.concat(sent)
    const result = await receive(bytes, [1_000_003])
    expect(await csvOf(result, ',')).toBe(`before\n"${'z'.repeat(size)}"\nafter\n`)
    const held = await receive(bytes, [1_000_003])
    const found: (readonly Field[])[] = []
    for await (const batch of held.pieces(new TextRows(held.columns))) found.push(...batch)
    expect(found).toEqual(rows)
  },
)

/** The bytes of a packet of a row, with its values' lengths as the server writes them. */
const rowOf = (row: readonly (Buffer | null)[]): Buffer =>
  Buffer.concat(
    row.flatMap(value => (value === null ? [Buffer.from([0xfb])] : [head(value), value])),
  )

function head({ length }: Buffer): Buffer {
  if (length < 251) return Buffer.from([length])
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 4)
  bytes.writeUInt8(length < 65_536 ? 0xfc : 0xfd)
  bytes.writeUIntLE(length, 1, bytes.length - 1)
  return bytes
}

const KINDS: Readonly<Record<string, ValueReader>> = {
  text: TEXT,
  bytes: BYTES,
  plain: PLAIN,
  bits: BITS,
}

test('a row that passes while it comes has the values of one that was held', () => {
  const value = fc.oneof(
    fc.record({
      kind: fc.constant('text'),
      bytes: fc.string({ unit: fc.constantFrom('"', ',', 'é', '\n', 'a') }),
    }),
    fc.record({
      kind: fc.constant('text'),
      bytes: fc.constantFrom('"'.repeat(300), 'y'.repeat(70_000), '\\.'),
    }),
    fc.record({ kind: fc.constant('bytes'), bytes: fc.string({ maxLength: 400 }) }),
    fc.record({ kind: fc.constant('plain'), bytes: fc.constantFrom('-1', '123456789.00') }),
    fc.record({ kind: fc.constant('bits'), bytes: fc.constantFrom('\u0001', '\u0001\u0002') }),
  )
  const row = fc.array(fc.record({ value, isNull: fc.boolean() }), { minLength: 1, maxLength: 5 })
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(row, sizes, fc.constantFrom<Delimiter>(',', '\t'), (row, sizes, delimiter) => {
      const readers = row.map(({ value }) => KINDS[value.kind] ?? TEXT)
      const values = row.map(({ value, isNull }) => (isNull ? null : Buffer.from(value.bytes)))
      const bytes = rowOf(values)
      const most = sizes.map(size => Math.max(size, Math.ceil(bytes.length / 500)))
      const long = new LongCsvRow(readers, delimiter)
      // Each piece is overwritten when it was taken, as what the socket brings is.
      const line = cut(bytes, most).map(piece => {
        const lent = Buffer.from(piece)
        const out = long.add(lent)
        lent.fill(0)
        return out
      })
      const texts = values.map((value, at) =>
        value === null ? null : (readers[at]?.convert(value, 0, value.length) ?? null),
      )
      expect(parsed(Buffer.concat([...line, long.end()]).toString(), delimiter)).toEqual(texts)
    }),
    { numRuns: 300 },
  )
})

/** A line's fields, by a reader of its own: what is in quotes, and what is not. */
function parsed(line: string, delimiter: Delimiter): Field[] {
  expect(line.endsWith('\n')).toBe(true)
  const fields: Field[] = []
  const field =
    delimiter === ','
      ? /("(?:[^"]|"")*"|[^,"\n]*)([,\n])/gy
      : /("(?:[^"]|"")*"|[^\t"\n]*)([\t\n])/gy
  for (const [, text = ''] of line.matchAll(field)) {
    if (text === '') fields.push(null)
    else fields.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text)
  }
  return fields
}

test('who stops within a long row finds the next answer behind it', async () => {
  const size = 2 * LONGEST + 9
  const long = Buffer.alloc(9)
  long.writeUInt8(0xfe)
  long.writeBigUInt64LE(BigInt(size), 1)
  const whole = [packet(Buffer.from([1])), answer([], 1).subarray(5, -END.length)]
  const sent = [
    ...whole,
    packet(Buffer.concat([long, Buffer.alloc(size, 'z')])),
    packet(counted('after')),
    END,
  ]
  const result = await receive(Buffer.concat(sent), [1_000_003])
  for await (const _ of result.pieces(new CsvRows([TEXT], ',', 'reuse'))) break
  expect(result.hasEnded).toBe(false)
  expect(await csvOf(result, ',')).toBe('after\n')
})

test('a connection that ends before the rows do is an error, not the end', async () => {
  const bytes = answer([['a'], ['b'.repeat(100)], ['c']], 1)
  for (const missing of [1, END.length, END.length + 3, 60]) {
    const result = await receive(bytes.subarray(0, -missing), [7])
    await expect(csvOf(result, ',')).rejects.toThrow()
  }
})
