/** Many readers of one stream of events, over plain sockets. */
import { connect, type Socket } from 'node:net'

export interface EventReader {
  readonly socket: Socket
  /** When it was last told of the night; 0 before. */
  toldAt(): number
  /** The newest that it was told. */
  newest(): unknown
}

/** Resolves when all have been greeted. */
export async function openReaders(
  url: string,
  date: string,
  count: number,
): Promise<EventReader[]> {
  const readers: EventReader[] = []
  // A listener's queue has room for some hundred connections.
  for (let at = 0; at < count; at += 100) {
    const some = Array.from({ length: Math.min(100, count - at) }, () => openReader(url, date))
    readers.push(...(await Promise.all(some)))
  }
  return readers
}

function openReader(url: string, date: string): Promise<EventReader> {
  const { hostname, port, host } = new URL(url)
  return new Promise((resolve, reject) => {
    let toldAt = 0
    let text = ''
    let newest: unknown
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET /events?date=${date} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    })
    const reader: EventReader = { socket, toldAt: () => toldAt, newest: () => newest }
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const event = text.slice(0, end)
        text = text.slice(end + 2)
        const [, data] = /\ndata: (.*)/.exec(event) ?? []
        if (event.includes('event: hello')) resolve(reader)
        if (!event.includes('event: night') || data === undefined) continue
        toldAt = Date.now()
        newest = JSON.parse(data)
      }
    })
    socket.once('error', reject)
  })
}
