import { defineCommand, flag, list, text } from '../command.ts'
import { isFile, loadFiles } from '../load/load-files.ts'
import { runLoad } from '../load/run-load.ts'

export default defineCommand({
  name: 'load',
  summary: 'load what was delivered of a table, or files, into the warehouse',
  description:
    'Loads the parts that `ferry mirror` or `ferry pull` delivered of a table: into a staging table ' +
    'first, then, in one transaction, to where they belong, with a row of the ledger (`ferry.loads`) ' +
    'by which a delivery is loaded once however often it is tried. Rows that do not fit are kept ' +
    'beside, with the reason. Without a table: all that was delivered on the night.\n\n' +
    'With files (paths and URLs of CSV, JSON lines or Parquet) these are loaded, whoever wrote them: they ' +
    'take the place of the table, unless --strategy says otherwise.\n\n' +
    'How tables are laid out and loaded is under `load:` in ferry.yaml.',
  arguments: [
    { name: 'table', description: 'SOURCE.TABLE, ...; or a table and its files', variadic: true },
  ],
  options: {
    on: text('NAME', 'the warehouse; with --plan also duckdb, postgres, redshift, mssql, synapse'),
    date: text('DATE', 'the logical date (default: TODAY of the environment, else today)'),
    strategy: text('WAY', 'by default what was delivered', {
      choices: ['replace', 'append', 'merge', 'history', 'partition'],
    }),
    key: list('COLUMN', "that tells rows apart, in place of the source's"),
    'max-rejected': text('LIMIT', 'rows, or a share such as 1%, that may be rejected'),
    plan: flag('print the SQL that would be run; no warehouse is asked'),
    json: flag('print the receipts as JSON, one a line'),
  },
  examples: [
    'ferry load production.tasks',
    'ferry load --plan production.tasks --on redshift',
    'ferry load production.tasks --on cold --max-rejected 1%',
    'ferry load shop.prices prices.csv.gz',
    'ferry load shop.visits lake:visits/2026-11-28.parquet --strategy append',
  ],
  async run({ args, options, context }) {
    const [table = '', ...files] = args
    if (files.some(isFile)) return loadFiles(table, files, options, context)
    return runLoad(args, options, context)
  },
})
