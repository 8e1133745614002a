import { availableParallelism } from 'node:os'
import type { Compression } from '../formats/compression.ts'
import { isQueueUrl } from '../formats/queue-url.ts'
import type { KeyPolicy } from './acceptor.ts'
import type { CollectConfig } from './config.ts'
import type { WorkerOptions } from './worker-messages.ts'

/** For bodies that come in pieces, of all workers: what is more is told to come again. */
const BODY_MEMORY_BYTES = 16_777_216

/** What all workers have in common, as ferry.yaml says. */
export type WorkerSettings = Omit<
  WorkerOptions,
  'number' | 'port' | 'sequence' | 'replays' | 'space' | 'keys'
>

/** `sync` is false for measurements only: without it an answer does not wait for the disk. */
export function workerSettings(
  config: CollectConfig,
  { directory, sync }: { readonly directory: string; readonly sync: boolean },
): WorkerSettings {
  return {
    host: config.listen.host,
    directory,
    segmentBytes: config.segment.size,
    segmentAgeMs: config.segment.age,
    sync,
    packing: packingOf(config),
    partition: config.target.includes('{hour}') ? 'hour' : 'day',
    maxConnections: Math.ceil(config.max_connections / workerCount(config)),
    bodyMemoryBytes: Math.max(config.max_body, BODY_MEMORY_BYTES / workerCount(config)),
    deadLetterBytes: Math.floor(config.dead_letters / workerCount(config)),
    maxDiskBytes: config.max_disk,
    accept: {
      maxBodyBytes: config.max_body,
      perEvent: config.per_event,
      privacy: {
        ip: config.mask_ip === false ? 'keep' : config.mask_ip === true ? 'mask' : 'drop',
        parameters: new Map(Object.entries(config.parameters)),
        hashKey: config.hash_key ?? '',
      },
      trustedProxies: config.trusted_proxies,
    },
  }
}

/** Rows that leave the collector in another form have to be unpacked first: these are not packed. */
function packingOf({ format, compress, target }: CollectConfig): Compression | undefined {
  return format === 'csv' && compress !== 'none' && !isQueueUrl(target) ? compress : undefined
}

export function workerCount(config: CollectConfig): number {
  return config.workers ?? availableParallelism()
}

/** Secrets; read again on SIGHUP. Without any, unsigned requests are taken. */
export function keyPolicy(config: CollectConfig): KeyPolicy {
  const hasSecrets = config.secret !== undefined || Object.keys(config.keys).length > 0
  return {
    signature: {
      mode: config.signature ?? (hasSecrets ? 'required' : 'optional'),
      secret: config.secret,
      keys: new Map(Object.entries(config.keys)),
      windowS: config.signature_window === undefined ? undefined : config.signature_window / 1_000,
    },
    writeKeys: config.write_keys,
    maintenanceKey: config.maintenance_key,
  }
}
