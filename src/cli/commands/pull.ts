import { defineCommand, text } from '../command.ts'
import { runPull } from '../pull/run-pull.ts'

export default defineCommand({
  name: 'pull',
  summary: 'fetch outside sources: HTTP APIs, files, Singer taps, commands',
  description:
    'Reads what ferry.yaml describes under `pull:` and writes, for each table, parts of CSV and a manifest ' +
    'that `ferry load` takes. Pages that break off are asked for again; a table is delivered whole or not ' +
    'at all; rows that come twice are delivered once, by their key.',
  arguments: [
    { name: 'source', description: 'SOURCE or SOURCE.TABLE; all without one', variadic: true },
  ],
  options: {
    date: text('DATE', 'the logical date (TODAY, or today)'),
  },
  examples: ['ferry pull appstore', 'ferry pull github.issues --date 2026-03-01'],
  run: ({ args, options, context }) => runPull(args, options, context),
})
