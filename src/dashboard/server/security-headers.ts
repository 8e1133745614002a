import { randomBytes } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'

/**
 * What a browser may do with our pages: load scripts, styles and pictures from here, talk to here,
 * send forms to here, and nothing else. No script and no style stands in a page itself.
 */
export function contentSecurityPolicy(styleNonce?: string): string {
  const nonce = styleNonce === undefined ? '' : ` 'nonce-${styleNonce}'`
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export const createNonce = (): string => randomBytes(16).toString('base64url')

/** On every answer, errors included. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  const { headers } = context.res
  if (!headers.has('content-security-policy')) {
    headers.set('content-security-policy', contentSecurityPolicy())
  }
  headers.set('x-content-type-options', 'nosniff')
  headers.set('x-frame-options', 'DENY')
  headers.set('referrer-policy', 'same-origin')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('cross-origin-resource-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
}
