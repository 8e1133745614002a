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
