import { FerryError } from '../../core/errors.ts'
import { runAt } from '../../flow/run-at.ts'
import { defineCommand, text } from '../command.ts'
import { resolveLogicalDate } from '../logical-date-option.ts'

export default defineCommand({
  name: 'at',
  summary: 'run a command on the nights that a calendar rule names',
  description:
    "The rule is a crontab's day of month, month and day of week (or all five fields), in one argument or several before `--`. On other nights it says when it next will, and exits with 0, so that what depends on it goes on.",
  arguments: [
    { name: 'rule', description: "for example '1 * *' or '* * mon-fri'", required: true },
    { name: 'command', description: 'after `--`, with its arguments', variadic: true },
  ],
  options: {
    date: text('DATE', 'the logical date; TODAY of the environment by default'),
  },
  examples: [
    "ferry at '1 * *' -- ferry sql monthly.sql",
    "ferry at '* * mon' --date 2026-03-02 -- echo weekly",
  ],
  passThrough: true,
  async run({ args, options, context }) {
    const { rule, command, date } = splitArguments(args)
    return runAt({
      rule,
      command,
      date: await resolveLogicalDate(date ?? options.date, context),
      directory: context.directory,
      environment: context.environment,
      logger: context.logger,
      signal: context.signal,
    })
  },
})

function splitArguments(args: readonly string[]): {
  rule: string
  command: readonly [string, ...string[]]
  date: string | undefined
} {
  const dashes = args.indexOf('--')
  const words = args.slice(0, dashes === -1 ? 1 : dashes)
  const [first, ...rest] = args.slice(dashes === -1 ? 1 : dashes + 1)
  const at = words.findIndex(word => word === '--date' || word.startsWith('--date='))
  let date: string | undefined
  if (at !== -1) {
    const [word = '', next] = words.splice(at, words[at] === '--date' ? 2 : 1)
    date = word === '--date' ? next : word.slice('--date='.length)
  }
  if (first === undefined) {
    throw new FerryError('USAGE', 'there is no command to run', {
      hint: "write it after `--`: ferry at '1 * *' -- echo first of the month",
    })
  }
  return { rule: words.join(' '), command: [first, ...rest], date }
}
