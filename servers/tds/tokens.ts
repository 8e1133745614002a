/** Tokens of a reply. @see MS-TDS 2.2.7 */
import { ByteWriter } from './bytes.ts'

const TOKEN = {
  error: 0xaa,
  info: 0xab,
  loginAck: 0xad,
  featureAck: 0xae,
  envChange: 0xe3,
  returnStatus: 0x79,
  done: 0xfd,
  doneProc: 0xfe,
  doneInProc: 0xff,
} as const

/** TDS 7.4, as LOGINACK has it: in network order. */
const TDS_74 = Buffer.from([0x74, 0x00, 0x00, 0x04])
const PROGRAM = 'Ferry test server'
/** SQL_Latin1_General_CP1_CI_AS */
export const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34])

export interface ServerMessage {
  readonly number: number
  readonly state?: number
  /** 0 to 10 are information, 11 to 16 faults of the statement, 20 and more end the connection. */
  readonly severity: number
  readonly text: string
  readonly line?: number
}

export function messageToken(message: ServerMessage): Buffer {
  const body = new ByteWriter()
    .u32(message.number)
    .u8(message.state ?? 1)
    .u8(message.severity)
    .longText(message.text)
    .shortText('ferry')
    .shortText('')
    .u32(message.line ?? 1)
    .take()
  const token = message.severity > 10 ? TOKEN.error : TOKEN.info
  return new ByteWriter().u8(token).u16(body.length).bytes(body).take()
}

export function loginAck(): Buffer {
  const body = new ByteWriter()
    .u8(1)
    .bytes(TDS_74)
    .shortText(PROGRAM)
    .bytes(Buffer.from([16, 0, 4, 0]))
  const bytes = body.take()
  return new ByteWriter().u8(TOKEN.loginAck).u16(bytes.length).bytes(bytes).take()
}

export const ENVIRONMENT = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  beginTransaction: 8,
  commitTransaction: 9,
  rollbackTransaction: 10,
} as const

/** Texts of a change, or bytes (a collation, a transaction's number). */
export function envChange(type: number, now: string | Buffer, before: string | Buffer): Buffer {
  const body = new ByteWriter().u8(type)
  for (const value of [now, before]) {
    if (typeof value === 'string') body.shortText(value)
    else body.u8(value.length).bytes(value)
  }
  const bytes = body.take()
  return new ByteWriter().u8(TOKEN.envChange).u16(bytes.length).bytes(bytes).take()
}

/** Of what a client may ask for, UTF-8 is the one thing that is answered. */
export function featureAck(): Buffer {
  return new ByteWriter().u8(TOKEN.featureAck).u8(0x0a).u32(1).u8(1).u8(0xff).take()
}

export const COMMAND = { select: 0xc1, insert: 0xc3, delete: 0xc4, update: 0xc5, merge: 0x117 }

export interface Done {
  readonly kind?: 'done' | 'doneProc' | 'doneInProc'
  readonly more?: boolean
  readonly error?: boolean
  readonly attention?: boolean
  readonly rows?: bigint | undefined
  readonly command?: number
}

export function done({ kind = 'done', more, error, attention, rows, command }: Done): Buffer {
  const status =
    (more === true ? 0x01 : 0) |
    (error === true ? 0x02 : 0) |
    (rows === undefined ? 0 : 0x10) |
    (attention === true ? 0x20 : 0)
  return new ByteWriter()
    .u8(TOKEN[kind])
    .u16(status)
    .u16(command ?? 0)
    .u64(rows ?? 0n)
    .take()
}

export function returnStatus(value: number): Buffer {
  return new ByteWriter().u8(TOKEN.returnStatus).i32(value).take()
}
