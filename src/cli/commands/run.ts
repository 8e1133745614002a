import { basename } from 'node:path'
import { parseLogicalDate } from '../../core/logical-date.ts'
import { leaseWarehouse } from '../../databases/open-warehouse.ts'
import { runNight } from '../../flow/night.ts'
import { defineCommand, flag, text } from '../command.ts'
import { openProject } from '../project.ts'
import { refreshRules } from '../project-rules.ts'
import { tellUnreadable } from '../unreadable-project.ts'

export default defineCommand({
  name: 'run',
  summary: 'run the night: make, again and again until all is made',
  description:
    'Makes the targets (those of ferry.yaml, run.targets, when none is named) in up to run.max_attempts attempts a night. Removes half outputs before each, tries again what may succeed, and reports what failed. Exits with 0 only when every target was made.',
  arguments: [{ name: 'target', description: 'what to make', variadic: true }],
  options: {
    date: text('DATE', 'the logical date of the night, for example 2026-03-01'),
    once: flag('make one attempt, and leave the next to another call (cron)'),
  },
  examples: ['ferry run', 'ferry run --once', 'ferry run --date 2026-03-01 results'],
  async run({ args, options, context }) {
    const date = options.date === undefined ? undefined : parseLogicalDate(options.date)
    const { directory, config } = await openProject(context.directory, context.environment).catch(
      async (error: unknown) => {
        await tellUnreadable(error, date, context)
        throw error
      },
    )
    const hardStop = new AbortController()
    const onSecond = (): void => hardStop.abort()
    // The first SIGINT or SIGTERM asks (start.ts); one more ends make at once.
    const onFirst = (): void => {
      process.on('SIGINT', onSecond)
      process.on('SIGTERM', onSecond)
    }
    context.signal.addEventListener('abort', onFirst, { once: true })
    try {
      return await runNight({
        project: directory,
        name: config.name ?? basename(directory),
        config: config.run,
        targets: args.length > 0 ? args : config.run.targets,
        timeZone: config.timezone,
        date,
        once: options.once,
        clock: context.clock,
        logger: context.logger,
        environment: context.environment,
        stderr: context.stderr,
        signal: context.signal,
        hardStop: hardStop.signal,
        refreshRules: async () => void (await refreshRules(directory, context.environment)),
        onAttemptStart: () => leaseAll(directory, Object.values(config.warehouses)),
      })
    } finally {
      context.signal.removeEventListener('abort', onFirst)
      process.off('SIGINT', onSecond)
      process.off('SIGTERM', onSecond)
    }
  },
})

/** Keeps the owners of embedded warehouses up, those that a command of the night starts included. */
async function leaseAll(
  projectDirectory: string,
  warehouses: readonly { readonly url: string }[],
): Promise<Disposable> {
  const leases = new DisposableStack()
  for (const { url } of warehouses) leases.use(await leaseWarehouse({ url, projectDirectory }))
  return leases
}
