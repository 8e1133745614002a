import { timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { FerryError } from '../../core/errors.ts'
import type { WebEnvironment } from '../page.ts'

/**
 * Lets a request that may change something through only when a page of ours sent it: it bears the
 * reader's token, and nothing that the browser says of its origin speaks against it.
 */
export const checkForgery: MiddlewareHandler<WebEnvironment> = async (context, next) => {
  const { method } = context.req
  if (method === 'GET' || method === 'HEAD') return next()
  const site = context.req.header('sec-fetch-site')
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none'
  const given = context.req.header('x-csrf-token') ?? (await tokenInForm(context.req))
  if (isForeign || !isSame(given, context.get('reader').csrfToken)) {
    throw new FerryError('DENIED', 'this did not come from a page of ours', {
      hint: 'reload the page and try again',
    })
  }
  return next()
}

async function tokenInForm(request: {
  header(name: string): string | undefined
  parseBody(): Promise<Record<string, unknown>>
}): Promise<string> {
  if (!(request.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
    return ''
  }
  const token = (await request.parseBody())['csrf']
  return typeof token === 'string' ? token : ''
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length > 0 && a.length === b.length && timingSafeEqual(a, b)
}
