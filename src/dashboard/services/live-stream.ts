import { FerryError } from '../../core/errors.ts'
import type { Dashboard } from '../dashboard.ts'
import { type NightNews, NightWatch } from '../nights/night-watch.ts'
import type { WebApp } from '../page.ts'
import { encodeEvent, EventStream } from '../server/event-stream.ts'
import { readRequest } from '../server/read-request.ts'

const MOST_STREAMS = 4_000

/** `/events`: tells at once when something of a night changes. */
export function liveStream(app: WebApp, dashboard: Dashboard): void {
  const { nights, logger } = dashboard
  const watch = new NightWatch(dashboard, error => logger.warn(`live: ${String(error)}`))
  const encoded = new WeakMap<NightNews, Uint8Array>()
  const encode = (news: NightNews): Uint8Array => {
    const bytes = encoded.get(news) ?? encodeEvent('night', news)
    encoded.set(news, bytes)
    return bytes
  }
  app.get('/events', async context => {
    const { date } = await readRequest(context, dashboard)
    if (watch.size >= MOST_STREAMS) throw new FerryError('BUSY', 'too many pages are open')
    const { version } = await nights.night(date)
    const stream: EventStream = new EventStream(encodeEvent('hello', { date, version }), () =>
      stop(),
    )
    const stop = watch.subscribe(date, news => stream.send(encode(news)))
    context.header('content-type', 'text/event-stream')
    context.header('cache-control', 'no-cache')
    context.header('x-accel-buffering', 'no')
    return context.body(stream.body)
  })
}
