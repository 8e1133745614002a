import { FerryError } from '../../core/errors.ts'
import { parseDurationMs } from '../../core/units.ts'
import { printObjectUrl } from '../../formats/object-url.ts'
import { defineCommand, text } from '../command.ts'
import { objectLocation } from '../object-location.ts'
import { storePool } from '../transfer-options.ts'

const WEEK_S = 7 * 86_400

export default defineCommand({
  name: 'presign',
  summary: 'print a URL that opens an object for a while',
  description:
    'Whoever has the URL can read the object (or, with --method PUT, write it) until it expires, ' +
    'without credentials of their own. Nothing is asked of the service.',
  arguments: [{ name: 'url', description: 'an object', required: true }],
  options: {
    expires: text('DURATION', 'how long it is good: 15m, 2h, at most 7d (default 1h)'),
    method: text('METHOD', 'what it is good for (default GET)', { choices: ['GET', 'PUT'] }),
  },
  examples: [
    'ferry presign s3://lake/report.csv --expires 2d',
    'curl -T a.csv "$(ferry presign --method PUT s3://lake/incoming/a.csv)"',
  ],
  async run({ args: [arg = ''], options, context }) {
    const url = await objectLocation(arg, context)
    if (url.key === '' || url.key.endsWith('/')) {
      throw new FerryError('USAGE', `\`${printObjectUrl(url)}\` is a folder, not an object`)
    }
    const expires = options.expires ?? '1h'
    const expiresInS = (parseDurationMs(expires) ?? 0) / 1_000
    if (expiresInS < 1 || expiresInS > WEEK_S) {
      throw new FerryError('USAGE', `--expires takes 1s to 7d, not \`${expires}\``)
    }
    await using pool = storePool(context)
    const store = await pool.open(url)
    const method = options.method === 'PUT' ? 'PUT' : 'GET'
    const { signal, stdout } = context
    const signed = await store.presign(url.key, {
      method,
      expiresInS: Math.floor(expiresInS),
      signal,
    })
    stdout.write(`${signed}\n`)
    return 0
  },
})
