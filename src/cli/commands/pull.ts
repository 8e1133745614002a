import { defineCommand, flag, integer, text } from '../command.ts'
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
    singer: text('COMMAND', 'run this Singer tap; the argument is the name of its source'),
    head: integer('N', 'print the first N rows, and their columns on stderr; write nothing'),
    'dry-run': flag('read all, tell columns and rows, write nothing'),
  },
  examples: [
    'ferry pull appstore',
    'ferry pull github.issues --date 2026-03-01',
    'ferry pull payments --head 5',
    `ferry pull --singer 'tap-github --config c.json'`,
  ],
  run: ({ args, options, context }) => runPull(args, options, context),
})
