import { createAdaptorServer } from '@hono/node-server'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { FerryError, systemErrorCode } from '../core/errors.ts'
import { type Access, openAccess } from './access/access.ts'
import { guardedAccess } from './access/guarded-access.ts'
import { isLoopback } from './access/host-check.ts'
import type { WebConfig } from './config.ts'
import type { Dashboard } from './dashboard.ts'
import { PAGES } from './pages/registry.ts'
import { Assets } from './server/assets.ts'
import { createApp } from './server/create-app.ts'
import { KeptInsides } from './server/kept-insides.ts'
import { makeAhead } from './server/make-ahead.ts'
import { badge } from './services/badge.ts'
import { feed } from './services/feed.ts'
import { liveStream } from './services/live-stream.ts'
import { metrics } from './services/metrics.ts'
import { runAgain } from './services/run-again.ts'

export interface RunningPages extends AsyncDisposable {
  /** `http://127.0.0.1:8000`. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Serves the pages until it is stopped. `assets` is the folder of scripts and styles that the build
 * made. @throws FerryError CONFIG_INVALID for an address that others reach while no login is asked
 * for, or one that is none of this machine's; BUSY when another program has the port
 */
export async function servePages(dashboard: Dashboard, assets: URL): Promise<RunningPages> {
  const { config } = dashboard
  const insides = new KeptInsides(dashboard)
  const app = createApp({
    dashboard,
    insides,
    pages: PAGES,
    assets: await Assets.load(assets),
    access: accessOf(dashboard),
    services: [liveStream, feed, metrics, badge, runAgain],
  })
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { maxHeaderSize: 16_384, requestTimeout: 30_000 },
  }) as Server // no HTTP/2 was asked for
  server.keepAliveTimeout = 65_000
  await listen(server, config.listen)
  const reading = new AbortController()
  void dashboard.index
    .readAll(reading.signal, date => dashboard.results.digest(date))
    .then(() => makeAhead({ dashboard, pages: PAGES, insides, signal: reading.signal }))
    .catch((error: unknown) => {
      dashboard.logger.warn(`cannot read all nights: ${String(error)}`)
    })
  const stop = async (): Promise<void> => {
    reading.abort()
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { url: addressOf(server, config.listen.host), stop, [Symbol.asyncDispose]: stop }
}

/** @throws FerryError CONFIG_INVALID when everybody could read the pages */
function accessOf({ config, project, clock }: Dashboard): Access {
  const { listen, auth, url } = config
  if (auth !== undefined) {
    return guardedAccess({ project, auth, url, now: () => clock.now().getTime() })
  }
  if (isLoopback(listen.host)) return openAccess()
  throw new FerryError(
    'CONFIG_INVALID',
    `\`${listen.host}\` can be reached from other machines, and no login is set`,
    { hint: 'set `web.auth` in ferry.yaml (docs/web.md), or listen on 127.0.0.1' },
  )
}

async function listen(server: Server, { host, port }: WebConfig['listen']): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    const address = `${host}:${port}`
    if (systemErrorCode(error) === 'EADDRINUSE') {
      throw new FerryError('BUSY', `cannot listen: another program has ${address}`, {
        cause: error,
        hint: 'choose another one with --listen, or stop that program (ss -ltnp shows which)',
      })
    }
    throw new FerryError('CONFIG_INVALID', `cannot listen on ${address}`, {
      cause: error,
      hint: 'choose an address of this machine and a port from 1024 up with --listen',
    })
  }
}

function addressOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
