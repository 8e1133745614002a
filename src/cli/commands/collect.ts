import { join } from 'node:path'
import { Collector } from '../../collector/collector.ts'
import { collectConfig, type CollectConfig, collectSettings } from '../../collector/config.ts'
import type { SegmentSink } from '../../collector/delivery.ts'
import { QueueSink } from '../../collector/queue-sink.ts'
import { collectorId } from '../../collector/spool.ts'
import { StoreSink } from '../../collector/store-sink.ts'
import { keyPolicy, workerCount, workerSettings } from '../../collector/worker-options.ts'
import { FerryError } from '../../core/errors.ts'
import { maskUrl } from '../../core/mask-url.ts'
import { asFolder } from '../../formats/object-url.ts'
import { isQueueUrl, parseQueueUrl } from '../../formats/queue-url.ts'
import { openQueue } from '../../queues/open-queue.ts'
import { keepHeapSmall } from '../../objects/small-heap.ts'
import { openStore } from '../../stores/open-store.ts'
import {
  type CommandContext,
  defineCommand,
  flag,
  integer,
  type Invocation,
  text,
} from '../command.ts'
import { objectLocation } from '../object-location.ts'
import { findProject, openProject } from '../project.ts'
import { startCounting } from '../receive-counts.ts'

const options = {
  listen: text('HOST:PORT', 'where to listen; port 0 takes a free one (127.0.0.1:8080)'),
  target: text(
    'URL',
    'a folder of a store, with {date}, {year}, {month}, {day}, {hour} (./events/{date}/), or a queue',
  ),
  format: text('FORMAT', 'of the delivered files', { choices: ['csv', 'jsonl', 'parquet'] }),
  compress: text('WAY', 'of the delivered files', { choices: ['gzip', 'zstd', 'none'] }),
  workers: integer('N', 'threads that take events; default: one a CPU'),
  'per-event': flag("answer with each event's outcome"),
  'no-sync': flag('do not wait for the disk: for measurements; what was acknowledged can be lost'),
}

type CollectInvocation = Invocation<typeof options>

export default defineCommand({
  name: 'collect',
  summary: 'take events over HTTP and bring them to a store or a queue',
  description:
    'Takes events from clients and acknowledges each when it is on disk; segments of them are ' +
    'delivered to the target, whole and once. Settings are under `collect:` in ferry.yaml; without ' +
    'one it takes unsigned events on 127.0.0.1:8080 and writes to ./events. SIGTERM ends it: what it ' +
    'has taken is delivered first. SIGHUP reads the keys again.',
  options,
  examples: [
    'ferry collect',
    'ferry collect --listen 0.0.0.0:8080 --target s3://lake/events/{date}/',
    'ferry collect --target lake:events/{date}/{hour}/ --format jsonl --compress zstd',
    'ferry collect --target sqs://events.fifo',
  ],
  async run(invocation) {
    const { context } = invocation
    const { signal, logger } = context
    const config = await readConfig(invocation)
    const directory = join(findProject(context.directory) ?? context.directory, config.spool)
    const sync = !invocation.options['no-sync']
    if (!sync) logger.warn('--no-sync: events are acknowledged before they are on disk')
    const collector = await Collector.start({
      workerFile: new URL('./collect-worker.js', import.meta.url),
      workers: workerCount(config),
      port: config.listen.port,
      settings: workerSettings(config, { directory, sync }),
      keys: keyPolicy(config),
      sink: await openSink(config, directory, context),
      logger,
      now: () => context.clock.now().getTime(),
    })
    // After the workers have started: theirs are heaps of their own.
    if (config.format === 'parquet') keepHeapSmall()
    const { host } = config.listen
    const address = `${host.includes(':') ? `[${host}]` : host}:${collector.port}`
    logger.info(`listening on http://${address}, delivering to ${maskUrl(config.target)}`)
    const reread = (): void => {
      readConfig(invocation)
        .then(fresh => collector.setKeys(keyPolicy(fresh)))
        .then(
          () => logger.info('the keys were read again'),
          (error: unknown) => {
            const why = error instanceof Error ? error.message : String(error)
            logger.warn(`the keys stay as they were: ${why}`)
          },
        )
    }
    process.on('SIGHUP', reread)
    const counting = await startCounting(collector, config, context)
    try {
      const ended = new Promise<void>(resolve => {
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      await Promise.race([ended, collector.failed])
      logger.info('stopping')
    } finally {
      process.off('SIGHUP', reread)
      const counters = await collector.stop(config.grace)
      await counting?.end(counters)
      logger.info(`stopped; ${counters.received} events received, ${counters.stored} stored`)
    }
    return 0
  },
})

/** Of ferry.yaml, where there is one, and what the command line says instead. */
async function readConfig({ options, context }: CollectInvocation): Promise<CollectConfig> {
  const { directory, environment } = context
  const hasProject = findProject(directory) !== undefined
  const config = hasProject
    ? (await openProject(directory, environment)).config.collect
    : collectConfig.parse({})
  const { listen, target, format, compress, workers } = options
  const given = Object.entries({ listen, target, format, compress, workers })
  const parsed = collectSettings.safeParse(
    Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  )
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new FerryError('USAGE', `--${issue?.path.join('.')}: \`${issue?.message}\``)
  }
  const { data } = parsed
  return {
    ...config,
    listen: listen === undefined ? config.listen : data.listen,
    target: target === undefined ? config.target : data.target,
    format: format === undefined ? config.format : data.format,
    compress: compress === undefined ? config.compress : data.compress,
    workers: workers === undefined ? config.workers : data.workers,
    per_event: config.per_event || options['per-event'],
  }
}

async function openSink(
  config: CollectConfig,
  directory: string,
  context: CommandContext,
): Promise<SegmentSink> {
  if (!isQueueUrl(config.target)) return openStoreSink(config, directory, context)
  const { environment } = context
  return QueueSink.open({
    queue: await openQueue(parseQueueUrl(config.target), { environment }),
    directory,
    collectorId: await collectorId(directory),
    eventsPerMessage: config.events_per_message,
  })
}

async function openStoreSink(
  { target, format, compress }: CollectConfig,
  directory: string,
  context: CommandContext,
): Promise<StoreSink> {
  const [base, template] = splitTarget(target)
  const url = asFolder(await objectLocation(base, context))
  const { environment, logger } = context
  const prefix = `${url.key}${template}`
  return new StoreSink({
    store: await openStore(url, { environment, logger }),
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    format,
    compression: compress === 'none' ? undefined : compress,
    collectorId: await collectorId(directory),
  })
}

/** The part before the first place to fill, which names a store and a folder, and the rest. */
function splitTarget(target: string): [string, string] {
  const brace = target.indexOf('{')
  if (brace === -1) return [target, '']
  const cut = Math.max(target.lastIndexOf('/', brace), target.lastIndexOf(':', brace)) + 1
  return [cut === 0 ? './' : target.slice(0, cut), target.slice(cut)]
}
