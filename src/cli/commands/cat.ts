import { nameFilter } from '../../objects/name-filter.ts'
import { type Selection, selectionOf } from '../../objects/selection.ts'
import { streamObjects } from '../../objects/stream-objects.ts'
import { defineCommand, flag } from '../command.ts'
import { objectLocation } from '../object-location.ts'
import { compressionOption, storePool } from '../transfer-options.ts'
import { writeTo } from '../write-to.ts'

export default defineCommand({
  name: 'cat',
  summary: 'print objects',
  description:
    'Writes objects to the standard output, one behind the other. Ends with an error where the ' +
    'bytes are not those that the store vouches for.',
  arguments: [
    { name: 'url', description: 'URLs, or patterns in quotes', required: true, variadic: true },
  ],
  options: {
    recursive: flag('everything below a folder, in the order of names', { short: 'r' }),
    prefix: flag('everything whose key starts like this'),
    gzip: flag('decompress gzip'),
    zstd: flag('decompress zstd'),
  },
  examples: [
    'ferry cat s3://lake/reports/report.csv',
    "ferry cat 'lake:logs/2026-03-01/*.gz' --gzip | wc -l",
  ],
  async run({ args, options, context }) {
    const { signal, stdout } = context
    const { recursive, prefix } = options
    const decompress = compressionOption(options)
    const selections: Selection[] = []
    for (const arg of args) {
      selections.push(selectionOf(await objectLocation(arg, context), { recursive, prefix }))
    }
    await using pool = storePool(context)
    const filter = nameFilter([], [])
    await writeTo(stdout, streamObjects(selections, { pool, filter, signal, decompress }), signal)
    return 0
  },
})
