import { printObjectUrl } from '../../formats/object-url.ts'
import { defineCommand, flag } from '../command.ts'
import { bucketLocation } from '../selections.ts'
import { storePool } from '../transfer-options.ts'

export default defineCommand({
  name: 'mb',
  summary: 'make a bucket, container or folder',
  description: 'One that is there already, and is yours, is no error.',
  arguments: [{ name: 'url', description: 'buckets', required: true, variadic: true }],
  options: { verbose: flag('print what was done', { short: 'v' }) },
  examples: ['ferry mb s3://lake', 'ferry mb az://lake az://backup -v'],
  async run({ args, options, context }) {
    await using pool = storePool(context)
    for (const arg of args) {
      const url = await bucketLocation(arg, context)
      const store = await pool.open(url)
      const outcome = await store.bucket.create({ signal: context.signal })
      if (options.verbose) context.stdout.write(`${printObjectUrl(url)} ${outcome}\n`)
    }
    return 0
  },
})
