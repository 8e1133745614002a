import { formatCalendar, makeCalendar } from '../../flow/calendar.ts'
import { readMakeDatabase } from '../../flow/read-make-database.ts'
import { defineCommand, flag, integer, text } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { openProject } from '../project.ts'
import { refreshRules, scheduledModels } from '../project-rules.ts'

export default defineCommand({
  name: 'calendar',
  summary: 'print which targets will run on which nights',
  description:
    'Lists the targets that work on some nights only: those whose recipes call ferry at, and models with a schedule. All others run every night.',
  options: {
    days: integer('N', 'how many nights, 14 by default'),
    date: text('DATE', 'the first night; today by default'),
    json: flag('print JSON'),
  },
  examples: ['ferry calendar', 'ferry calendar --days 31 --date 2026-03-01'],
  async run({ options, context }) {
    const project = await openProject(context.directory, context.environment)
    const { directory, config } = project
    const from = await resolveLogicalDate(options.date, context)
    await refreshRules(directory, context.environment)
    const goals = [...config.run.targets, ...config.run.failure_targets]
    const database = await readMakeDatabase({
      directory,
      environment: context.environment,
      variables: { TODAY: from },
      targets: goals,
      signal: context.signal,
    })
    const calendar = makeCalendar(database, await scheduledModels(project, from), {
      goals,
      from,
      days: options.days ?? 14,
    })
    for (const problem of calendar.problems) context.logger.warn(problem)
    context.stdout.write(
      options.json ? `${JSON.stringify(calendar, null, 2)}\n` : formatCalendar(calendar),
    )
    return calendar.problems.length > 0 ? 65 : 0
  },
})
