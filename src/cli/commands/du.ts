import { formatBytes } from '../../core/units.ts'
import { printObjectUrl } from '../../formats/object-url.ts'
import { nameFilter } from '../../objects/name-filter.ts'
import { asFerryError, exitCodeOf } from '../../objects/outcome.ts'
import { nothingSelected } from '../../objects/selection.ts'
import { defineCommand, flag, list } from '../command.ts'
import { reportError } from '../report-error.ts'
import { selectionsOf, sumOf } from '../selections.ts'
import { storePool } from '../transfer-options.ts'

export default defineCommand({
  name: 'du',
  summary: 'sum up the size of objects',
  description: 'Prints bytes, number of objects and URL, for each URL all that is below it.',
  arguments: [{ name: 'url', description: 'URLs, paths, or patterns in quotes', variadic: true }],
  options: {
    prefix: flag('everything whose key starts like this'),
    include: list('PATTERN', 'only what matches one of these'),
    exclude: list('PATTERN', 'nothing that matches one of these'),
    human: flag('sizes as people say them'),
    json: flag('print a line of JSON for each URL'),
  },
  examples: ['ferry du s3://lake/', 'ferry du lake:results/ lake:logs/ --human'],
  async run({ args, options, context }) {
    const { prefix, human, json } = options
    const { signal, stdout, stderr } = context
    await using pool = storePool(context)
    const filter = nameFilter(options.include, options.exclude)
    const urls = args.length === 0 ? ['./'] : args
    const failures = new Set<number>()
    const fail = (error: unknown): void => {
      signal.throwIfAborted()
      failures.add(reportError(asFerryError(error), stderr))
    }
    for (const arg of urls) {
      try {
        const [selection] = await selectionsOf([arg], { recursive: false, prefix }, context)
        if (selection === undefined) continue
        const { objects, bytes } = await sumOf([selection], {
          pool,
          filter,
          signal,
          onFailure: fail,
        })
        if (objects === 0 && selection.url.key !== '') throw nothingSelected(selection)
        const url = printObjectUrl(selection.url)
        if (json) stdout.write(`${JSON.stringify({ url, objects, bytes })}\n`)
        else stdout.write(`${human ? formatBytes(bytes) : bytes}\t${objects}\t${url}\n`)
      } catch (error) {
        fail(error)
      }
    }
    return exitCodeOf(failures)
  },
})
