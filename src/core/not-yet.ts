import * as z from 'zod'

/**
 * A key of ferry.yaml that belongs to a part which this version does not have: refused, as a setting
 * that nobody acts on is worse than an error.
 */
export const notYet = (part: string): z.ZodOptional<z.ZodNever> =>
  z
    .never({ error: `belongs to ${part}, which this version of Ferry does not have; leave it out` })
    .optional()
