import { isIP } from 'node:net'
import * as z from 'zod'
import { parseBytes, parseDurationMs } from './units.ts'

/** `90s`, `30m`, `1h30m`; in milliseconds once it is read. */
export const duration = z.string().transform((text, context) => {
  const ms = parseDurationMs(text)
  if (ms !== undefined) return ms
  context.addIssue({ code: 'custom', message: `\`${text}\` is not a duration such as 30m or 2h` })
  return z.NEVER
})

/** `512`, `64kB`, `16MB`; in bytes once it is read. */
export const byteSize = z.union([z.string(), z.int().min(0)]).transform((given, context) => {
  const size = parseBytes(String(given))
  if (size !== undefined) return size
  context.addIssue({ code: 'custom', message: `\`${given}\` is not a size such as 16MB` })
  return z.NEVER
})

/** `127.0.0.1:8080`, `[::1]:0`: host and port once it is read. */
export const listenAddress = z.string().transform((given, context) => {
  const [, host = '', port] =
    /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(given)?.filter(part => part !== undefined) ?? []
  if (port !== undefined && Number(port) < 65_536) return { host, port: Number(port) }
  context.addIssue({ code: 'custom', message: 'is not an address such as 127.0.0.1:8080' })
  return z.NEVER
})

/** `10.0.0.0/8`, or one address. */
export const ipRange = z.string().refine(isRange, 'is not a range such as 10.0.0.0/8')

/** Of a range, the address, and of that the bits. */
function isRange(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  return family !== 0 && Number(bits ?? 0) <= (family === 4 ? 32 : 128)
}
