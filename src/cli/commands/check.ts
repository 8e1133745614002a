import { join } from 'node:path'
import { writeFileAtomically } from '../../core/atomic-write.ts'
import { ERRORS } from '../../core/errors.ts'
import { type NightQuality, qualityPath } from '../../formats/quality.ts'
import { ResultsArchive } from '../../formats/results-archive.ts'
import { checkNight } from '../../quality/check-night.ts'
import { defineCommand, flag, text } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'
import { openProject } from '../project.ts'

export default defineCommand({
  name: 'check',
  summary: "say what is wrong or out of the ordinary in a night's data",
  description:
    'Looks at what the steps of a night counted (results/DATE/counts) and at what became of the models: ' +
    'steps that did not end, rows that do not add up, rows that were rejected, differences between a ' +
    'source and the warehouse, checks that failed; and numbers of rows that are out of the ordinary for ' +
    'the day of the week and the growth of the source. Writes results/DATE/quality.json, which ' +
    'the pages show. Exits with 1 when there is an error among the findings; warnings are no failure.',
  options: {
    date: text('DATE', 'the night (TODAY, or today)'),
    json: flag('print what is written'),
  },
  examples: ['ferry check', 'ferry check --date 2026-03-01 --json | jq .findings'],
  async run({ options, context }) {
    const { directory, config } = await openProject(context.directory, context.environment)
    const date = await resolveLogicalDate(options.date, context)
    const holidays = new Set(config.quality.holidays)
    const results = new ResultsArchive(directory)
    const now = context.clock.now()
    const quality = await checkNight({ directory, date, holidays, now, results, broken: 'refuse' })
    const json = `${JSON.stringify(quality)}\n`
    await writeFileAtomically(join(directory, qualityPath(date)), json)
    context.stdout.write(options.json ? json : findingLines(quality))
    const hasError = quality.findings.some(({ severity }) => severity === 'error')
    return hasError ? ERRORS.CHECK_FAILED.exit : 0
  },
})

/** A line a finding; nothing when all is well. */
const findingLines = ({ findings }: NightQuality): string =>
  findings.map(({ severity, about, found }) => `${severity}: ${about}: ${found}\n`).join('')
