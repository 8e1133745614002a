import { formatDuration } from '../../core/units.ts'
import { dialectOf } from '../../databases/open-database.ts'
import {
  type BuildOptions,
  buildModel,
  type Built,
  previewModel,
} from '../../models/build-model.ts'
import { loadSomeModels } from '../../models/load-models.ts'
import type { ReadingModel } from '../../models/model.ts'
import { MODEL_NAMES } from '../../models/render-query.ts'
import { checkWarnings } from '../../models/run-checks.ts'
import { readVariables } from '../../shell/variables.ts'
import { isReservedName } from '../../templates/render.ts'
import {
  type CommandContext,
  defineCommand,
  flag,
  type Invocation,
  list,
  text,
} from '../command.ts'
import { commandDate } from '../database-target.ts'
import { modelProject } from '../model-project.ts'
import { openProject } from '../project.ts'

const options = {
  date: text('DATE', 'the logical date (default: TODAY of the environment, else today)'),
  var: list('KEY=VALUE', 'a variable of the templates'),
  'dry-run': flag('print the queries; nothing is changed'),
  force: flag('build off schedule too, and append a night again, in place of what it appended'),
  full: flag('build incremental models anew, from all rows'),
  keep: flag('keep the build of a table whose checks failed, to look at it'),
}

type ModelInvocation = Invocation<typeof options>

export default defineCommand({
  name: 'model',
  summary: 'build models: query, check, publish',
  description:
    'Builds the named models one after the other, each after those of the others that it reads, ' +
    'and stops at the first that fails. What they read beyond that is taken as it is: `make ' +
    'model-NAME` builds all of it. A model is published only when its checks pass; readers see the ' +
    'old relation or the new one. Its receipt is results/DATE/models/NAME.json.',
  arguments: [{ name: 'name', description: 'models to build', required: true, variadic: true }],
  options,
  examples: [
    'ferry model daily_revenue',
    'ferry model daily_revenue --date 2026-03-01',
    'ferry model daily_revenue --dry-run',
    'ferry model orders --full',
  ],
  async run({ args, options, context }: ModelInvocation) {
    const { environment, signal, stdout, logger, clock } = context
    const project = await openProject(context.directory, environment)
    const settings = modelProject(project)
    const { chosen, known } = await loadSomeModels(args, settings)
    const variables = await readVariables(options.var, [], isReserved)
    for (const model of chosen) {
      const url = settings.warehouses[model.warehouse]?.url ?? ''
      const dialect = await dialectOf(url)
      const target = { url, projectDirectory: project.directory, environment, signal }
      const build: BuildOptions = {
        project: settings,
        known,
        date: commandDate(options.date, project.config.timezone, context),
        variables,
        isForced: options.force,
        isFull: options.full,
        keepsBuild: options.keep,
        clock,
        dialect,
        open: () => dialect.open(target),
      }
      if (options['dry-run']) {
        stdout.write(`${await previewModel(model, build)};\n`)
        continue
      }
      const started = clock.now().getTime()
      const built = await buildModel(model, build)
      tell(model, built, { logger, ms: clock.now().getTime() - started, isTerminal: stdout.isTTY })
    }
    return 0
  },
})

const isReserved = (name: string): boolean => MODEL_NAMES.includes(name) || isReservedName(name)

interface Talk {
  readonly logger: CommandContext['logger']
  readonly ms: number
  readonly isTerminal: boolean
}

/** Nothing on a pipe when all is as usual. */
function tell(
  model: ReadingModel,
  { receipt, note }: Built,
  { logger, ms, isTerminal }: Talk,
): void {
  for (const warning of checkWarnings(model.name, receipt.checks)) logger.warn(warning)
  if (note !== undefined) logger.info(`${model.name}: ${note}`)
  if (!isTerminal || receipt.state === 'skipped') return
  const rows = receipt.rows === null ? '' : `${receipt.rows} rows, `
  const checks = receipt.checks.length === 0 ? '' : `${receipt.checks.length} checks, `
  logger.info(
    `${model.name}: ${receipt.materialize} ${receipt.relation}, ${rows}${checks}${formatDuration(ms)}`,
  )
}
