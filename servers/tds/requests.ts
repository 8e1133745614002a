/** What clients ask for, read from whole messages. @see MS-TDS 2.2.6 */
import { ByteReader } from './bytes.ts'
import { Fault } from './fault.ts'
import { readTypeInfo } from './incoming-values.ts'
import { literal } from './t-sql/expressions.ts'

export interface Login {
  readonly user: string
  readonly password: string
  readonly database: string
  /** What the client calls itself. */
  readonly program: string
  readonly packetBytes: number
  /** Asks for features, whose acknowledgement it then awaits. */
  readonly hasFeatures: boolean
}

export function readLogin(message: Buffer): Login {
  const text = (at: number): Buffer => {
    const from = message.readUInt16LE(at)
    return message.subarray(from, from + message.readUInt16LE(at + 2) * 2)
  }
  // Hidden, not encrypted: nibbles swapped, then bits turned.
  const password = Buffer.from(text(44)).map(byte => {
    const turned = byte ^ 0xa5
    return ((turned & 0x0f) << 4) | (turned >> 4)
  })
  return {
    user: text(40).toString('ucs2'),
    password: Buffer.from(password).toString('ucs2'),
    database: text(68).toString('ucs2'),
    program: text(48).toString('ucs2'),
    packetBytes: Math.min(Math.max(message.readUInt32LE(8), 512), 32_767),
    hasFeatures: (message.readUInt8(27) & 0x10) !== 0,
  }
}

const ENCRYPTION = 0x01
const TERMINATOR = 0xff

export function preloginAnswer(encryption: number): Buffer {
  const options: readonly (readonly [number, Buffer])[] = [
    [0x00, Buffer.from([16, 0, 4, 0, 0, 0])], // the version
    [ENCRYPTION, Buffer.from([encryption])],
    [0x02, Buffer.from([0])], // the instance
    [0x03, Buffer.alloc(0)], // the thread
    [0x04, Buffer.from([0])], // no MARS
  ]
  const head = Buffer.alloc(options.length * 5 + 1, TERMINATOR)
  let offset = head.length
  for (const [index, [token, data]] of options.entries()) {
    head.writeUInt8(token, index * 5)
    head.writeUInt16BE(offset, index * 5 + 1)
    head.writeUInt16BE(data.length, index * 5 + 3)
    offset += data.length
  }
  return Buffer.concat([head, ...options.map(([, data]) => data)])
}

export function readBatch(message: Buffer): string {
  return message.subarray(message.readUInt32LE(0)).toString('ucs2')
}

export interface Call {
  readonly text: string
  /** Literals by name, with the @. */
  readonly variables: Readonly<Record<string, string>>
}

const BY_NUMBER = 0xffff
const SP_EXECUTESQL = 10

/** `sp_executesql` with its parameters. @throws Fault 2812 for any other procedure */
export function readCall(message: Buffer): Call {
  const reader = new ByteReader(message, message.readUInt32LE(0))
  const length = reader.u16()
  const isKnown =
    length === BY_NUMBER
      ? reader.u16() === SP_EXECUTESQL
      : reader.ucs2(length).toLowerCase().replace(/^.*\./, '') === 'sp_executesql'
  if (!isKnown)
    throw new Fault(2812, 'Could not find stored procedure: only sp_executesql is here.')
  reader.u16()
  const parameters: { name: string; value: string | null }[] = []
  while (!reader.isAtEnd) {
    const name = reader.shortText().toLowerCase()
    reader.u8()
    parameters.push({ name, value: readTypeInfo(reader, false)(reader) })
  }
  const [statement, , ...rest] = parameters
  const variables = rest.map(({ name, value }) => [name, value === null ? 'NULL' : literal(value)])
  return {
    text: statement?.value ?? '',
    variables: Object.fromEntries(variables) as Record<string, string>,
  } // of pairs of texts
}
