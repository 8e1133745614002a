import * as z from 'zod'
import { FerryError } from '../../core/errors.ts'
import { compileFilter } from './compile-filter.ts'
import { compileSample } from './sample.ts'

/** What is wrong with a value, for the configuration's own reader, which knows file and line. */
function problemOf(compile: () => unknown): string | undefined {
  try {
    compile()
    return undefined
  } catch (error) {
    if (!(error instanceof FerryError)) throw error
    return error.hint === undefined ? error.message : `${error.message}; ${error.hint}`
  }
}

const expression = z.string().superRefine((text, context) => {
  const message = problemOf(() => compileFilter(text))
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

/** One or several; of a union of two schemas, only the deeper errors would be told. */
const expressions = z
  .union([z.string(), z.array(z.string())])
  .transform((given, context) => {
    const list = typeof given === 'string' ? [given] : given
    for (const [at, text] of list.entries()) {
      const message = problemOf(() => compileFilter(text))
      const path = typeof given === 'string' ? [] : [at]
      if (message !== undefined) context.addIssue({ code: 'custom', message, path })
    }
    return list
  })
  .prefault([])

/** `10%`, `0.5%`, `0.1`; a share from 0 to 1 once it is read. */
const share = z.union([z.string(), z.number()]).transform((given, context) => {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(String(given)) ?? []
  const value = Number(number) / (percent === '%' ? 100 : 1)
  if (value >= 0 && value <= 1) return value
  context.addIssue({ code: 'custom', message: `\`${given}\` is not a share such as 10%` })
  return z.NEVER
})

const sampleRule = z
  .strictObject({
    by: z.string().meta({ description: 'the key: user_id, session, attributes.NAME' }),
    keep: share.meta({ description: 'of the keys: 10%' }),
    where: expression.optional().meta({ description: 'which records; without, all' }),
  })
  .superRefine(({ by, keep }, context) => {
    const message = problemOf(() => compileSample({ by, share: keep }))
    if (message !== undefined) context.addIssue({ code: 'custom', message, path: ['by'] })
  })

/** Keys of `crunch:` that say which records are wanted. */
export const selectionConfig = z.strictObject({
  keep: expressions.meta({ description: 'records for which one of these is true' }),
  drop: expressions.meta({ description: 'records for which one of these is true are not wanted' }),
  sample: z
    .union([sampleRule.transform(one => [one]), z.array(sampleRule)])
    .default([])
    .meta({ description: 'all records of a share of the keys' }),
})

export type SelectionConfig = z.output<typeof selectionConfig>
