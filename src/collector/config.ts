import * as z from 'zod'
import { byteSize, duration, ipRange, listenAddress } from '../core/config-values.ts'
import { FerryError } from '../core/errors.ts'
import { isQueueUrl, parseQueueUrl } from '../formats/queue-url.ts'

/** A queue is known by its URL; all else is a folder of a store, which is looked up when it is opened. */
const target = z
  .string()
  .min(1)
  .superRefine((given, context) => {
    if (!isQueueUrl(given)) return
    try {
      parseQueueUrl(given)
    } catch (error) {
      if (!(error instanceof FerryError)) throw error
      const message = `${error.message}: ${error.hint}`
      context.addIssue({ code: 'custom', message })
    }
  })

const secret = z.string().min(1, 'is empty; is its environment variable set?')

/** Its settings, each by itself. */
export const collectSettings = z.strictObject({
  listen: listenAddress.prefault('127.0.0.1:8080'),
  workers: z.int().min(1).max(64).optional().meta({ description: 'default: one a CPU' }),
  target: target.default('./events/{date}/'),
  events_per_message: z.int().min(1).max(10_000).default(100).meta({
    description: 'of a queue, up to 64 KiB; 1: each event is a message',
  }),
  format: z.enum(['csv', 'jsonl', 'parquet']).default('csv'),
  compress: z.enum(['gzip', 'zstd', 'none']).default('gzip'),
  spool: z.string().min(1).default('.ferry/collect'),
  signature: z.enum(['required', 'optional', 'hmac']).optional(),
  secret: secret.optional().meta({ description: 'of X-Hamustro-Signature' }),
  keys: z
    .record(z.string().regex(/^[\w.-]{1,64}$/, 'is not a key id'), secret)
    .default({})
    .meta({ description: 'of Ferry-Signature, by key id' }),
  signature_window: z.union([z.literal('off').transform(() => undefined), duration]).prefault('5m'),
  write_keys: z.array(secret).default([]),
  maintenance_key: secret.optional(),
  segment: z
    .strictObject({ size: byteSize.prefault('16MB'), age: duration.prefault('60s') })
    .prefault({}),
  max_disk: byteSize.prefault('10GB'),
  max_body: byteSize.prefault('5MB'),
  max_connections: z.int().min(1).default(20_000),
  dead_letters: byteSize.prefault('100MB').meta({ description: 'kept of what was refused' }),
  mask_ip: z.union([z.boolean(), z.literal('drop')]).default(false),
  parameters: z
    .record(z.string(), z.enum(['drop', 'hash']))
    .default({})
    .meta({ description: 'of events: what is not stored as it came' }),
  hash_key: secret.optional().meta({ description: 'of the hashes of parameters' }),
  trusted_proxies: z.array(ipRange).default([]),
  per_event: z.boolean().default(false),
  verify: z.boolean().default(false).meta({
    description: "the night verifies the day's events: make's target `events`",
  }),
  grace: duration.prefault('30s').meta({ description: 'to deliver what waits at the end' }),
})

/** `collect:` of ferry.yaml. */
export const collectConfig = collectSettings.superRefine((config, context) => {
  const issue = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message })
  if (config.signature === 'required' && config.secret === undefined && noKeys(config.keys)) {
    issue('signature', '`required` needs `secret` or `keys` beside it')
  }
  if (config.signature === 'hmac' && noKeys(config.keys)) {
    issue('signature', '`hmac` needs `keys` beside it')
  }
  if (Object.values(config.parameters).includes('hash') && config.hash_key === undefined) {
    issue('parameters', '`hash` needs `hash_key` beside it')
  }
})

export type CollectConfig = z.output<typeof collectConfig>

const noKeys = (keys: Readonly<Record<string, string>>): boolean => Object.keys(keys).length === 0
