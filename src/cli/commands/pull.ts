import { defineCommand, flag, integer, text } from '../command.ts'
import { runPull } from '../pull/run-pull.ts'

export default defineCommand({
  name: 'pull',
  summary: 'fetch outside sources: HTTP APIs, files, Singer taps, commands',
  description:
    'Reads what ferry.yaml describes under `pull:` and writes, for each table, parts of CSV and a manifest ' +
    'that `ferry load` takes. Pages that break off are asked for again; a table is delivered whole or not ' +
    'at all; rows that come twice are delivered once, by their key.\n\n' +
    '`init URL` asks a service once and prints a first configuration from its answer.',
  arguments: [
    {
      name: 'source',
      description: 'SOURCE or SOURCE.TABLE, all without one; or init and a URL',
      variadic: true,
    },
  ],
  options: {
    date: text('DATE', 'the logical date (TODAY, or today)'),
    singer: text('COMMAND', 'run this Singer tap; the argument is the name of its source'),
    head: integer('N', 'print the first N rows, and their columns on stderr; write nothing'),
    bearer: text('VARIABLE', 'of `init`: the environment variable that holds a token'),
    'dry-run': flag('read all, tell columns and rows, write nothing'),
  },
  examples: [
    'ferry pull appstore',
    'ferry pull github.issues --date 2026-03-01',
    'ferry pull payments --head 5',
    'ferry pull init https://api.example/v1/things --bearer API_TOKEN',
    `ferry pull --singer 'tap-github --config c.json'`,
  ],
  run: ({ args, options, context }) => runPull(args, options, context),
})
