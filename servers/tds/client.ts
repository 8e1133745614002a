/** One connection: login, then one request after the other; attention at any time. */
import type { Socket } from 'node:net'
import type { DuckDBConnection } from '@duckdb/node-api'
import { BulkRows } from './bulk-rows.ts'
import { EngineSession } from './engine.ts'
import { asFault, Fault } from './fault.ts'
import { MESSAGE, type Packet, PacketCutter, PacketWriter } from './packets.ts'
import { preloginAnswer, readBatch, readCall, readLogin } from './requests.ts'
import type { Sessions, SessionState } from './sessions.ts'
import { type Flavor, translate } from './t-sql/statements.ts'
import {
  COLLATION,
  type Done,
  done,
  envChange,
  ENVIRONMENT,
  featureAck,
  loginAck,
  messageToken,
  returnStatus,
} from './tokens.ts'

export interface Server {
  readonly user: string
  readonly password: string
  readonly flavor: Flavor
  readonly blobs: Readonly<Record<string, string>>
  readonly sessions: Sessions
  readonly connect: () => Promise<DuckDBConnection>
}

const NO_ENCRYPTION = 2

export class Client {
  readonly #server: Server
  readonly #socket: Socket
  readonly #writer: PacketWriter
  readonly #cutter = new PacketCutter()
  #engine: EngineSession | undefined
  #state: SessionState | undefined
  #message: Buffer[] = []
  #bulk: BulkRows | undefined
  #bulkFailure: Fault | undefined
  /** Requests run one after the other. */
  #running: Promise<void> = Promise.resolve()

  constructor(socket: Socket, server: Server) {
    this.#socket = socket
    this.#server = server
    this.#writer = new PacketWriter(socket)
    socket.on('data', chunk => {
      try {
        for (const packet of this.#cutter.push(Buffer.from(chunk))) this.#take(packet)
      } catch {
        socket.destroy() // not TDS
      }
    })
    socket.on('error', () => {}) // the other side is gone
    socket.on('close', () => {
      this.#engine?.stop()
      if (this.#state !== undefined) this.#server.sessions.close(this.#state)
      void this.#running.then(() => this.#engine?.close())
    })
  }

  #take(packet: Packet): void {
    if (packet.type === MESSAGE.attention) {
      this.#engine?.stop()
      this.#enqueue(async () => {
        this.#writer.begin(MESSAGE.reply)
        await this.#writer.end(done({ attention: true }))
      })
      return
    }
    if (packet.type === MESSAGE.bulk) {
      this.#takeBulk(packet)
      return
    }
    this.#message.push(packet.data)
    if (!packet.isLast) return
    const message = Buffer.concat(this.#message)
    this.#message = []
    this.#engine?.begin()
    this.#enqueue(() =>
      packet.isIgnored ? this.#answer(async () => ({})) : this.#handle(packet.type, message),
    )
  }

  #enqueue(work: () => Promise<void>): void {
    this.#running = this.#running.then(work).catch(() => void this.#socket.destroy())
  }

  async #handle(type: number, message: Buffer): Promise<void> {
    const engine = this.#engine
    if (type === MESSAGE.prelogin) {
      this.#writer.begin(MESSAGE.reply)
      return this.#writer.end(preloginAnswer(NO_ENCRYPTION))
    }
    if (type === MESSAGE.login) return this.#login(message)
    if (engine === undefined) throw new Error('a request before login')
    if (type === MESSAGE.batch) {
      return this.#answer(() => this.#run(engine, readBatch(message), {}))
    }
    if (type === MESSAGE.rpc) {
      return this.#answer(async () => {
        const { text, variables } = readCall(message)
        const result = await this.#run(engine, text, variables)
        await this.#writer.write(done({ ...result, kind: 'doneInProc', more: true }))
        await this.#writer.write(returnStatus(0))
        return { kind: 'doneProc' }
      })
    }
    return this.#answer(async () => {
      throw new Fault(4002, `messages of type ${type} are not known here`)
    })
  }

  #run(
    engine: EngineSession,
    text: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<Done> {
    return engine.run(
      translate(text, this.#server.flavor, {
        variables: { ...variables, '@@spid': String(this.#state?.id ?? 0) },
        blobs: this.#server.blobs,
      }),
    )
  }

  /** One reply: what `work` writes, and a DONE; or its fault. */
  async #answer(work: () => Promise<Done>): Promise<void> {
    this.#writer.begin(MESSAGE.reply)
    try {
      const last = await work()
      await this.#writer.end(done(last))
    } catch (error) {
      const { number, severity, message, line } = asFault(error)
      if (this.#engine?.isStopped === true) return await this.#writer.end(done({}))
      await this.#writer.write(messageToken({ number, severity, text: message, line }))
      await this.#writer.end(done({ error: true }))
    } finally {
      if (this.#state !== undefined) this.#state.requestedAt = undefined
    }
  }

  #takeBulk(packet: Packet): void {
    this.#bulk ??= new BulkRows()
    const bulk = this.#bulk
    this.#socket.pause() // until these rows are taken
    this.#enqueue(async () => {
      try {
        if (this.#bulkFailure === undefined) this.#engine?.addBulkRows(bulk.push(packet.data))
      } catch (error) {
        this.#bulkFailure = asFault(error)
      }
      this.#socket.resume()
    })
    if (!packet.isLast) return
    this.#bulk = undefined
    this.#enqueue(() => this.#answer(() => this.#endBulk(bulk, packet.isIgnored)))
  }

  async #endBulk(bulk: BulkRows, isGivenUp: boolean): Promise<Done> {
    const engine = this.#engine
    const failure = this.#bulkFailure
    this.#bulkFailure = undefined
    if (engine === undefined) throw new Error('a bulk load before login')
    if (failure !== undefined || isGivenUp) {
      engine.dropBulk()
      if (failure !== undefined) throw failure
      return {}
    }
    engine.addBulkRows(bulk.end())
    return engine.endBulk()
  }

  async #login(message: Buffer): Promise<void> {
    const { user, password, program, packetBytes, hasFeatures } = readLogin(message)
    this.#writer.begin(MESSAGE.reply)
    if (user !== this.#server.user || password !== this.#server.password) {
      const text = `Login failed for user '${user}'.`
      await this.#writer.write(messageToken({ number: 18_456, severity: 14, text }))
      await this.#writer.end(done({ error: true }))
      this.#socket.end()
      return
    }
    const { sessions, flavor } = this.#server
    this.#state = sessions.open(program, () => this.#socket.destroy())
    this.#engine = new EngineSession(await this.#server.connect(), this.#writer, {
      flavor,
      sessions,
      state: this.#state,
      connect: this.#server.connect,
    })
    const { database, language, packetSize, collation } = ENVIRONMENT
    const reply = [
      envChange(database, 'ferry', 'master'),
      envChange(collation, COLLATION, Buffer.alloc(0)),
      envChange(language, 'us_english', ''),
      loginAck(),
      ...(hasFeatures ? [featureAck()] : []),
      envChange(packetSize, String(packetBytes), '4096'),
      done({}),
    ]
    await this.#writer.end(Buffer.concat(reply))
    this.#writer.packetBytes = packetBytes
  }
}
