import type { WireAnswer } from './transport.ts'

type Headers = WireAnswer['headers']

/** A header's text; the first, where it came more than once. */
export function textHeader(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** What the service asks for by Retry-After, in seconds or as a date, as a detail of an error. */
export function retryAfter(headers: Headers): { retryAfterMs?: number } {
  const text = textHeader(headers, 'retry-after')
  if (text === undefined) return {}
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now()
  return ms > 0 ? { retryAfterMs: ms } : {}
}
