import type { TrackerOptions } from './api.ts'
import { hex, md5hex } from './md5.ts'

/**
 * Headers that sign a body, or none where there is no key. @see docs/collect.md, Signatures
 * @throws TypeError on a page without TLS, where WebCrypto is not
 */
export async function sign(
  { key, secret }: Pick<TrackerOptions, 'key' | 'secret'>,
  body: Uint8Array,
  nowMs: number,
): Promise<Record<string, string>> {
  const text = new TextEncoder()
  const time = String(Math.floor(nowMs / 1_000))
  if (key !== undefined) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const bytes = text.encode(key.secret)
    const imported = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
    const head = text.encode(`${time}.`)
    const signed = new Uint8Array(head.length + body.length)
    signed.set(head)
    signed.set(body, head.length)
    const hmac = new Uint8Array(await crypto.subtle.sign('HMAC', imported, signed))
    return { 'Ferry-Signature': `keyid=${key.id},time=${time},hmac=${hex(hmac)}` }
  }
  if (secret === undefined) return {}
  const signed = text.encode(`${time}|${md5hex(body)}|${secret}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', signed))
  return {
    'X-Hamustro-Time': time,
    'X-Hamustro-Signature': btoa(String.fromCharCode(...digest)),
  }
}
