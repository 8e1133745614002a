import * as z from 'zod'

/** `quality:` of ferry.yaml. */
export const qualityConfig = z.strictObject({
  holidays: z
    .array(z.string().regex(/^(\d{4}-)?\d{2}-\d{2}$/, 'is no day such as 12-25 or 2026-04-06'))
    .default([])
    .meta({ description: 'days on which few rows are in order' }),
})
