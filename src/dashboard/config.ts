import * as z from 'zod'
import { duration, ipRange, listenAddress } from '../core/config-values.ts'

/** `web.auth`: who may read the pages. Ways may stand beside each other; one is enough to come in. */
const authConfig = z
  .strictObject({
    users: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'a file that `ferry web add-user` writes' }),
    header: z
      .strictObject({
        name: z.string().regex(/^[A-Za-z][\w-]*$/, 'is not the name of a header'),
        from: z.array(ipRange).min(1),
      })
      .optional()
      .meta({ description: 'a header with the name of the reader, from proxies that are trusted' }),
    oidc: z
      .strictObject({
        issuer: z.url({ protocol: /^https?$/ }),
        client_id: z.string().min(1),
        client_secret: z.string().min(1).optional(),
        allow: z.array(z.string().min(1)).min(1),
      })
      .optional()
      .meta({ description: 'OpenID Connect; `allow` has addresses, or `@example.com`' }),
    session: duration.prefault('12h').meta({ description: 'how long a login lasts' }),
  })
  .superRefine((auth, context) => {
    if (auth.users !== undefined || auth.header !== undefined || auth.oidc !== undefined) return
    context.addIssue({ code: 'custom', message: 'needs `users`, `header` or `oidc`' })
  })

/** `web:` of ferry.yaml. */
export const webConfig = z.strictObject({
  listen: listenAddress.prefault('127.0.0.1:8000'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: 'as readers see it, when a proxy stands before it' }),
  auth: authConfig.optional(),
  allow: z
    .array(z.enum(['run']))
    .default([])
    .meta({ description: '`run`: a target can be run again from its page' }),
})

export type WebConfig = z.output<typeof webConfig>
