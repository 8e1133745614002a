import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import type { Html } from '../../core/html.ts'
import { FerryError } from '../../core/errors.ts'
import type { WebApp, WebEnvironment } from '../page.ts'
import { isOurHost } from './host-check.ts'

/** Puts the layout around a page that is about no night. */
export type BarePage = (
  context: Context<WebEnvironment>,
  page: { readonly title: string },
  main: Html,
) => string

/** Who may come in. */
export interface Access {
  /** Adds what must be passed before any page, and its own pages (a login). */
  install(app: WebApp, bare: BarePage): void
}

/** For this machine alone: no login, and the browser must have asked for this machine. */
export function openAccess(): Access {
  const reader = { name: undefined, csrfToken: randomBytes(24).toString('base64url') }
  return {
    install(app) {
      app.use(async (context, next) => {
        if (!isOurHost(context.req.header('host'))) {
          throw new FerryError('DENIED', 'this address is not one of this machine', {
            hint: 'open http://127.0.0.1 with the port, or set `web.auth` for other names',
          })
        }
        context.set('reader', reader)
        await next()
      })
    },
  }
}
