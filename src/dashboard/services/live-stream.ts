import { streamSSE } from 'hono/streaming'
import { FerryError } from '../../core/errors.ts'
import type { Dashboard } from '../dashboard.ts'
import { NightWatch } from '../nights/night-watch.ts'
import type { WebApp } from '../page.ts'
import { readRequest } from '../server/read-request.ts'
import { untilGone } from '../server/until-gone.ts'

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
      await untilGone(stream)
      stop()
    })
  })
}
