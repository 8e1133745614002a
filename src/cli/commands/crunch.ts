import { runCrunch } from '../crunch/run-crunch.ts'
import { defineCommand, flag, integer, text } from '../command.ts'

export default defineCommand({
  name: 'crunch',
  summary: "turn any services' logs into clean, classified records and counts",
  description:
    'Reads files of logs line by line, finds the format of each, and writes one clean table of ' +
    'records, aggregates, and an account of every line: lines = out + filtered + merged + rejected. ' +
    'Settings are under `crunch:` in ferry.yaml; without one it detects and counts.',
  arguments: [
    { name: 'input', description: 'files, globs, folders, URLs; - is stdin', variadic: true },
  ],
  options: {
    output: text('URL', 'a folder for the records'),
    format: text('FORMAT', 'of the records', { choices: ['jsonl', 'csv', 'parquet'] }),
    compress: text('WAY', 'of the records', { choices: ['zstd', 'gzip', 'none'] }),
    date: text('DATE', 'of the places in names, such as {date} (TODAY, or today)'),
    state: text('FOLDER', 'where receipts are kept (intermediate/DATE/crunch of the project)'),
    workers: integer('N', 'threads; default: one a CPU'),
    json: flag('print the account as JSON'),
  },
  examples: [
    'ferry crunch access.log.gz',
    'ferry crunch lake:logs/{date}/ --output lake:clean/{date}/ --format parquet',
    'zcat app.log.gz | ferry crunch - --json',
  ],
  run: ({ args, options, context }) => runCrunch(args, options, context),
})
