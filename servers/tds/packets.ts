/**
 * TDS over a socket: messages in packets of at most a negotiated size. A packet is eight bytes of header
 * (type, status, length in network order, process, number, window) and data; the last one of a message
 * says so. @see MS-TDS 2.2.3
 */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'

export const MESSAGE = {
  batch: 0x01,
  rpc: 0x03,
  reply: 0x04,
  attention: 0x06,
  bulk: 0x07,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12,
} as const

const HEADER_BYTES = 8
const END_OF_MESSAGE = 0x01
/** The sender gave the message up. */
const IGNORE = 0x02

export interface Packet {
  readonly type: number
  readonly isLast: boolean
  readonly isIgnored: boolean
  readonly data: Buffer
}

/** Cuts what arrives into packets. @throws Error for a length that cannot be */
export class PacketCutter {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): readonly Packet[] {
    const packets: Packet[] = []
    let buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (buffer.length >= HEADER_BYTES) {
      const length = buffer.readUInt16BE(2)
      if (length < HEADER_BYTES) throw new Error(`a packet of ${length} bytes`)
      if (buffer.length < length) break
      const status = buffer.readUInt8(1)
      packets.push({
        type: buffer.readUInt8(0),
        isLast: (status & END_OF_MESSAGE) !== 0,
        isIgnored: (status & IGNORE) !== 0,
        data: buffer.subarray(HEADER_BYTES, length),
      })
      buffer = buffer.subarray(length)
    }
    this.#rest = buffer
    return packets
  }
}

/** Writes one message after the other; waits while the other side does not read. */
export class PacketWriter {
  readonly #socket: Duplex
  #type: number = MESSAGE.reply
  #rest: Buffer = Buffer.alloc(0)
  #number = 0
  packetBytes = 4_096

  constructor(socket: Duplex) {
    this.#socket = socket
  }

  begin(type: number): void {
    this.#type = type
    this.#number = 0
  }

  /** Sends full packets; what does not fill one is kept. */
  async write(data: Buffer): Promise<void> {
    const room = this.packetBytes - HEADER_BYTES
    let buffer = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data])
    while (buffer.length > room) {
      const flows = this.#send(buffer.subarray(0, room), 0)
      buffer = buffer.subarray(room)
      if (!flows && !this.#socket.destroyed) await this.#drained()
    }
    this.#rest = buffer
  }

  async end(data: Buffer = Buffer.alloc(0)): Promise<void> {
    await this.write(data)
    this.#send(this.#rest, END_OF_MESSAGE)
    this.#rest = Buffer.alloc(0)
  }

  #send(data: Buffer, status: number): boolean {
    const packet = Buffer.allocUnsafe(HEADER_BYTES + data.length)
    packet.writeUInt8(this.#type, 0)
    packet.writeUInt8(status, 1)
    packet.writeUInt16BE(packet.length, 2)
    packet.writeUInt16BE(0, 4)
    this.#number = (this.#number + 1) % 256
    packet.writeUInt8(this.#number, 6)
    packet.writeUInt8(0, 7)
    data.copy(packet, HEADER_BYTES)
    return this.#socket.write(packet)
  }

  async #drained(): Promise<void> {
    const gone = new AbortController()
    const { signal } = gone
    await Promise.race([
      once(this.#socket, 'drain', { signal }),
      once(this.#socket, 'close', { signal }),
    ])
    gone.abort()
  }
}
