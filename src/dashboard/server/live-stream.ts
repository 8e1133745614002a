import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { FerryError } from '../../core/errors.ts'
import type { Dashboard } from '../dashboard.ts'
import { NightWatch } from '../nights/night-watch.ts'
import type { WebApp } from '../page.ts'
import { readRequest } from './create-app.ts'

/** A proxy that hears nothing for a minute hangs up. */
const BEAT_MS = 20_000
const MOST_STREAMS = 4_000

/** `/events`: tells at once when something of a night changes. */
export function liveStream(app: WebApp, dashboard: Dashboard): void {
  const { project, nights, logger } = dashboard
  const watch = new NightWatch(project, nights, error => logger.warn(`live: ${String(error)}`))
  app.get('/events', async context => {
    const { date } = await readRequest(context, dashboard)
    if (watch.size >= MOST_STREAMS) throw new FerryError('BUSY', 'too many pages are open')
    context.header('x-accel-buffering', 'no')
    return streamSSE(context, async stream => {
      const { version } = await nights.night(date)
      await stream.writeSSE({ event: 'hello', data: JSON.stringify({ date, version }) })
      const stop = watch.subscribe(date, news => {
        void stream.writeSSE({ event: 'night', data: JSON.stringify(news) })
      })
      await untilGone(stream, BEAT_MS)
      stop()
    })
  })
}

/** Keeps a stream open, with a beat now and then, until its reader goes. */
export async function untilGone(stream: SSEStreamingApi, beatMs: number): Promise<void> {
  const gone = new Promise<void>(resolve => stream.onAbort(resolve))
  const beat = setInterval(() => void stream.write(': \n\n'), beatMs)
  await gone
  clearInterval(beat)
}
