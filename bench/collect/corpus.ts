import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { encodeCollection } from '../../test/support/collector-proto.ts'

export interface CorpusOptions {
  readonly path: string
  readonly events: number
  readonly type: 'protobuf' | 'json'
  /** Events of a request: from 1 to so many, evenly. */
  readonly most: number
  readonly secret: string
  readonly port: number
}

const EVENTS = [
  'task.created',
  'task.completed',
  'list.opened',
  'app.opened',
  'reminder.set',
  'note.edited',
]
const SCREENS = ['inbox', 'today', 'week', 'settings', 'list', 'search']

/**
 * Writes whole requests for wrk, each behind its length in 4 bytes: devices with their sessions and
 * serial numbers, about 150 bytes an event as protobuf, each request signed and like no other.
 * Returns how many there are.
 */
export async function writeCorpus(
  options: CorpusOptions,
): Promise<{ events: number; requests: number }> {
  const random = seeded(7)
  const file = createWriteStream(options.path)
  const timeS = Math.floor(Date.now() / 1_000)
  let events = 0
  let requests = 0
  for (let serial = 0; events < options.events; serial++) {
    requests++
    const count = 1 + Math.floor(random() * options.most)
    events += count
    const body = bodyOf(serial, count, options, random)
    const request = signedRequest(body, timeS, options)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(request.length)
    if (!file.write(Buffer.concat([length, request]))) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
  return { events, requests }
}

/** The requests of such a file, as they go over the wire. */
export async function readRequests(path: string): Promise<Buffer[]> {
  const file = await readFile(path)
  const requests: Buffer[] = []
  for (let at = 0; at < file.length; ) {
    const end = at + 4 + file.readUInt32LE(at)
    requests.push(file.subarray(at + 4, end))
    at = end
  }
  return requests
}

function bodyOf(
  serial: number,
  count: number,
  { type }: CorpusOptions,
  random: () => number,
): Buffer {
  const device = {
    deviceId: `8f14e45f-ceea-467f-a${String(serial % 5_000).padStart(3, '0')}`,
    clientId: 'ios',
    systemVersion: '17.4.1',
    productVersion: '4.12.0',
    env: 'PRODUCTION',
  }
  const session = md5(`${device.deviceId}:ios:17.4.1:4.12.0:0`)
  const payloads = Array.from({ length: count }, (_, index) => ({
    at: 1_700_000_000 + serial,
    event: EVENTS[Math.floor(random() * EVENTS.length)],
    nr: serial * 30 + index,
    timezone: 'Europe/Berlin',
    userId: String(20_000_000 + (serial % 5_000)),
    ip: `10.1.${serial % 250}.${index}`,
    country: 'DE',
    parameters: [
      { name: 'screen', value: SCREENS[Math.floor(random() * SCREENS.length)] },
      { name: 'list_id', value: String(Math.floor(random() * 1e9)) },
      { name: 'duration_ms', value: String(Math.floor(random() * 20_000)) },
    ],
  }))
  const content = {
    ...device,
    session,
    deviceMake: 'Apple',
    deviceModel: 'iPhone15,2',
    system: 'iOS',
    systemLanguage: 'de',
    payloads,
  }
  return type === 'json'
    ? Buffer.from(JSON.stringify(content))
    : Buffer.from(encodeCollection(content))
}

function signedRequest(body: Buffer, timeS: number, { type, secret, port }: CorpusOptions): Buffer {
  const signature = createHash('sha256')
    .update(`${timeS}|${md5(body)}|${secret}`)
    .digest('base64')
  const head =
    `POST /api/v1/track HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: Client/4.12 (iPhone; iOS 17.4)\r\n` +
    `Accept: */*\r\nContent-Type: application/${type}\r\nX-Hamustro-Time: ${timeS}\r\n` +
    `X-Hamustro-Signature: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

const md5 = (text: string | Uint8Array): string => createHash('md5').update(text).digest('hex')

/** Numbers from 0 to 1, the same at each run. @see mulberry32, public domain */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
