import { defineCommand, flag, text } from '../command.ts'
import { discoverSource } from '../mirror/discover-source.ts'
import { hold } from '../mirror/hold.ts'
import { runMirror } from '../mirror/run-mirror.ts'

export default defineCommand({
  name: 'mirror',
  summary: 'read tables of production databases into files, gently and at one moment',
  description:
    'Reads the tables that ferry.yaml names under `sources` into compressed files, and writes a manifest ' +
    'of each (`intermediate/DATE/mirror/SOURCE.TABLE`), which `ferry load` takes from there. All tables ' +
    'of a source are read at one moment where the database can do that.\n\n' +
    'Modes: `full`; `incremental` by a time stamp or a number; `append`; `snapshot`. An increment begins ' +
    'where the warehouse is, and reaches back to what was in flight then.\n\n' +
    '`discover SOURCE|URL` prints a first version of `sources` from the catalog of a database.',
  arguments: [
    {
      name: 'table',
      description: 'SOURCE or SOURCE.TABLE, default: all; or discover and a source',
      variadic: true,
    },
  ],
  options: {
    date: text('DATE', 'of the night (TODAY, or today)'),
    full: flag('take all rows, whatever the warehouse has'),
    'on-schema-change': text('WAY', 'this time', { choices: ['add', 'ignore', 'fail'] }),
    repair: flag('find the rows that the warehouse lacks or has otherwise, and write them anew'),
    json: flag('print a JSON object for each table'),
  },
  examples: [
    'ferry mirror',
    'ferry mirror discover postgres://reader@db1.example/app',
    'ferry mirror production.tasks --full',
    'ferry mirror production.tasks --repair',
    'ferry mirror production billing.invoices --date 2026-03-01',
  ],
  run({ args, options, context }) {
    const [action, ...rest] = args
    if (action === 'discover') return discoverSource(rest, context)
    if (action === 'hold') return hold(rest, context)
    return runMirror(args, options, context)
  },
})
