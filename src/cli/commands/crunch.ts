import { crunchOne, printMakefile } from '../crunch/input-makefile.ts'
import { coverage, explain, init, lint, test } from '../crunch/look.ts'
import { replayCrunch, runCrunch } from '../crunch/run-crunch.ts'
import { defineCommand, flag, integer, text } from '../command.ts'

export default defineCommand({
  name: 'crunch',
  summary: "turn any services' logs into clean, classified records and counts",
  description:
    'Reads files of logs line by line, finds the format of each, and writes one clean table of ' +
    'records, aggregates, and an account of every line: lines + expanded = out + filtered + merged + ' +
    'rejected, where `expanded` are the records beyond the first of lines that hold many. ' +
    'Settings are under `crunch:` in ferry.yaml; without one it detects and counts.\n\n' +
    '`explain LINE` says which format a line has, and why. `coverage FILE` shows how much is known, and ' +
    'which paths have no route. `init FILE` prints a first configuration for real files. `lint` checks the ' +
    'configuration, `test [FILE]` runs cases of lines and records (crunch-tests.yaml). `replay` crunches ' +
    'those inputs again that had rejected lines. For makefiles: `makefile` prints a target for each input, ' +
    '`input FILE` makes one.',
  arguments: [
    {
      name: 'input',
      description: 'files, globs, folders, URLs; - is stdin; or an action and what it is about',
      variadic: true,
    },
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
    'ferry crunch coverage access.log.gz',
    `ferry crunch explain 'level=info msg="it works"'`,
  ],
  run({ args, options, context }) {
    const [action, ...rest] = args
    switch (action) {
      case 'explain':
        return explain(rest, options.json, context)
      case 'coverage':
        return coverage(rest, options.json, context)
      case 'init':
        return init(rest, context)
      case 'lint':
        return lint(context)
      case 'test':
        return test(rest, context)
      case 'makefile':
        return printMakefile(options, context)
      case 'input':
        return crunchOne(rest, options, context)
      case 'replay':
        return replayCrunch(options, context)
      default:
        return runCrunch(args, options, context)
    }
  },
})
