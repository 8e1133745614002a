import * as z from 'zod'
import { duration } from '../core/config-values.ts'

/** `run.notify`: who gets the report. */
export const notifyConfig = z.strictObject({
  webhook: z.string().optional().meta({ description: "a URL; gets Slack's format" }),
  json: z.string().optional().meta({ description: 'a URL; gets the report as plain JSON' }),
  command: z.string().optional().meta({ description: 'run with the report on its stdin' }),
})

/** `run:`: what a night makes and how it is tried again. */
export const runConfig = z.strictObject({
  targets: z.array(z.string()).default([]).meta({ description: 'what a night makes' }),
  failure_targets: z
    .array(z.string())
    .default([])
    .meta({ description: 'made after the targets, whether they were made or not' }),
  jobs: z.int().min(1).default(2).meta({ description: 'commands at once (make -j)' }),
  max_attempts: z.int().min(1).default(3).meta({ description: 'attempts a night, all in all' }),
  retry_after: duration.default(1_800_000).meta({ description: 'pause between attempts' }),
  notify: notifyConfig.optional(),
})

export type RunConfig = z.output<typeof runConfig>
