import * as z from 'zod'
import { compileLinear } from '../custom/linear-regex.ts'
import { preparePattern } from '../custom/pattern-source.ts'
import { TEXT_FIELDS } from '../record.ts'
import { KINDS } from './finder.ts'
import { ACTIONS } from './replace.ts'

const action = z.enum(ACTIONS).exclude(['truncate'])
const ipAction = z.enum(ACTIONS)

const ownPattern = z.strictObject({
  regex: z.string().superRefine((text, context) => {
    try {
      compileLinear(preparePattern(text, false).source)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
    }
  }),
  action,
})

const fieldName = z
  .string()
  .refine(name => TEXT_FIELDS.some(field => field === name) || /^attributes\../.test(name), {
    error: `write one of ${TEXT_FIELDS.join(', ')}, or attributes.NAME`,
  })

/** `redact:` of `crunch:`. */
export const redactionConfig = z
  .strictObject({
    email: action.optional().meta({ description: 'e-mail addresses, wherever they are' }),
    ip: ipAction.optional().meta({ description: 'addresses of IPv4 and IPv6' }),
    token: action.optional().meta({
      description:
        'JSON Web Tokens, bearer tokens, ids of AWS keys, values of names such as password',
    }),
    card: action.optional().meta({ description: 'numbers of payment cards' }),
    fields: z
      .record(fieldName, ipAction)
      .default({})
      .meta({ description: 'whole values, by field or attributes.NAME' }),
    patterns: z
      .record(z.string().regex(/^[a-z][a-z0-9_-]*$/), ownPattern)
      .default({})
      .meta({ description: 'regular expressions of your own' }),
    key: z
      .string()
      .min(16)
      .optional()
      .meta({ description: 'of `hash`: a secret of 16 characters' }),
  })
  .superRefine((config, context) => {
    if (config.key !== undefined) return
    const path = hashPath(config)
    if (path === undefined) return
    const message = '`hash` needs a `key` beside it, such as ${FERRY_REDACT_KEY}'
    context.addIssue({ code: 'custom', path, message })
  })

type Actions = Readonly<Record<string, unknown>>

/** Where something is to be hashed. */
function hashPath(config: Actions & { readonly fields: Actions; readonly patterns: Actions }) {
  const kind = KINDS.find(name => config[name] === 'hash')
  if (kind !== undefined) return [kind]
  const field = Object.entries(config.fields).find(([, found]) => found === 'hash')
  if (field !== undefined) return ['fields', field[0]]
  const own = Object.entries(config.patterns).find(
    ([, pattern]) =>
      typeof pattern === 'object' &&
      pattern !== null &&
      'action' in pattern &&
      pattern.action === 'hash',
  )
  return own === undefined ? undefined : ['patterns', own[0]]
}

export type RedactionConfig = z.output<typeof redactionConfig>
