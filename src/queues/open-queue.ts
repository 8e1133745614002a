import { printQueueUrl, type QueueUrl } from '../formats/queue-url.ts'
import type { Queue } from './queue.ts'
import type { DriverOptions, QueueOptions } from './queue-options.ts'

const STALL_MS = 30_000

const DRIVERS: Readonly<Record<QueueUrl['scheme'], (options: DriverOptions) => Promise<Queue>>> = {
  sqs: options => import('./drivers/sqs/queue.ts').then(({ open }) => open(options)),
  sns: options => import('./drivers/sns/queue.ts').then(({ open }) => open(options)),
  azqueue: options => import('./drivers/azure/queue.ts').then(({ open }) => open(options)),
}

/**
 * Opens a queue; its driver is loaded only here and only then. Nothing is asked of the service yet.
 * @throws FerryError CONFIG_INVALID (an account is missing, an endpoint is none)
 */
export async function openQueue(url: QueueUrl, options: QueueOptions): Promise<Queue> {
  const { stallMs = STALL_MS } = options
  return DRIVERS[url.scheme]({ ...options, url, name: printQueueUrl(url), stallMs })
}
