/**
 * MySQL's packets on a connection that stands. The driver makes the connection (greeting, encryption,
 * login) and would make an object of each row; from then on the socket is read here, and rows are
 * passed on as places in the bytes that came. bench/mirror/mysql holds what that brings.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
 */
import type { Socket } from 'node:net'

/** Three bytes of length, one of sequence. */
const HEADER_BYTES = 4
/** A packet of this length goes on in the next. */
const LONGEST = 0xff_ff_ff
/** What is passed on at once of a packet that is read while it comes. */
const LONG_PIECE_BYTES = 131_072

export class Wire {
  readonly #socket: Socket
  /** What has come and is not read; packets begin at `#at`. */
  #data: Buffer = Buffer.alloc(0)
  #at = 0
  /** Bytes from `#at` on without which there is no next packet. */
  #needed = HEADER_BYTES
  /** Of a packet that is read while it comes: what is left of the present piece, and whether one more follows. */
  #longLeft = 0
  #longGoesOn = false
  #failure: Error | undefined
  #wake: () => void = () => {}

  /** The packet that `advance` moved to: bytes `start` to `end` of `buffer`. */
  buffer: Buffer = this.#data
  start = 0
  end = 0

  /** Takes over a socket of which nobody else reads. */
  constructor(socket: Socket) {
    this.#socket = socket
    const wake = (): void => this.#wake()
    socket.pause()
    socket.on('readable', wake).on('close', wake)
    socket.on('error', error => {
      this.#failure = error
      wake()
    })
  }

  /** Sends a command: its code and what follows. */
  send(command: number, body: string | Buffer): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body
    const payload = Buffer.concat([Buffer.from([command]), bytes])
    let sequence = 0
    for (let from = 0; ; from += LONGEST) {
      const part = payload.subarray(from, from + LONGEST)
      const header = Buffer.alloc(HEADER_BYTES)
      header.writeUIntLE(part.length, 0, 3)
      header.writeUInt8(sequence & 0xff, 3)
      this.#socket.write(header)
      this.#socket.write(part)
      sequence += 1
      if (part.length < LONGEST) return
    }
  }

  /** Moves to the next packet, if it has come whole. What was moved to before is overwritten. */
  advance(): boolean {
    const data = this.#data
    const at = this.#at
    const available = data.length - at
    if (available < HEADER_BYTES) return this.#lacks(HEADER_BYTES)
    const length = data.readUIntLE(at, 3)
    if (length === LONGEST) return this.#advanceLong()
    if (available < HEADER_BYTES + length) return this.#lacks(HEADER_BYTES + length)
    this.buffer = data
    this.start = at + HEADER_BYTES
    this.end = this.start + length
    this.#at = this.end
    return true
  }

  /** Bytes of the next packet as far as they are known: 0 while its header has not come. */
  lengthOfNext(): number {
    const at = this.#at
    return this.#data.length - at < HEADER_BYTES ? 0 : this.#data.readUIntLE(at, 3)
  }

  /** Begins to read the next packet, whose header has come, by `longPacket`. */
  beginLong(): void {
    this.#longLeft = this.lengthOfNext()
    this.#longGoesOn = this.#longLeft === LONGEST
    this.#at += HEADER_BYTES
  }

  /**
   * The bytes of a long packet while they come, each piece good until the next one is asked for. May be
   * taken up again where it was given up; nothing where no long packet is under way.
   */
  async *longPacket(): AsyncGenerator<Buffer, void> {
    while (this.#longLeft > 0 || this.#longGoesOn) {
      if (this.#longLeft === 0) {
        await this.#have(HEADER_BYTES)
        this.beginLong()
        continue
      }
      await this.#have(1)
      const end = Math.min(this.#data.length, this.#at + Math.min(this.#longLeft, LONG_PIECE_BYTES))
      const piece = this.#data.subarray(this.#at, end)
      this.#longLeft -= piece.length
      this.#at = end
      yield piece
    }
  }

  /** Waits until the next packet has come whole, and moves to it. @throws Error: the connection is lost */
  async next(): Promise<void> {
    while (!this.advance()) await this.more()
  }

  /** Waits for the bytes that the next packet lacks. */
  async more(): Promise<void> {
    const pieces = [this.#data.subarray(this.#at)]
    let bytes = this.#data.length - this.#at
    while (bytes < this.#needed) {
      const piece: Buffer | null = this.#socket.read()
      if (piece !== null) {
        pieces.push(piece)
        bytes += piece.length
      } else if (this.#failure !== undefined) throw this.#failure
      else if (this.#socket.destroyed || this.#socket.readableEnded) {
        throw new Error('the server closed the connection')
      } else {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
      }
    }
    this.#data = Buffer.concat(pieces, bytes)
    this.#at = 0
  }

  /** Ends the connection with a farewell, or without. */
  close(farewell: boolean): void {
    if (farewell && !this.#socket.destroyed) this.#socket.end()
    else this.#socket.destroy()
  }

  async #have(bytes: number): Promise<void> {
    if (this.#data.length - this.#at >= bytes) return
    this.#lacks(bytes)
    await this.more()
  }

  #lacks(bytes: number): false {
    this.#needed = bytes
    return false
  }

  /** A packet that was cut into pieces: put together when all have come. */
  #advanceLong(): boolean {
    const pieces: Buffer[] = []
    let at = this.#at
    for (let length = LONGEST; length === LONGEST; ) {
      if (this.#data.length < at + HEADER_BYTES) return this.#lacks(at + HEADER_BYTES - this.#at)
      length = this.#data.readUIntLE(at, 3)
      const end = at + HEADER_BYTES + length
      if (this.#data.length < end) return this.#lacks(end - this.#at)
      pieces.push(this.#data.subarray(at + HEADER_BYTES, end))
      at = end
    }
    this.buffer = Buffer.concat(pieces)
    this.start = 0
    this.end = this.buffer.length
    this.#at = at
    return true
  }
}
