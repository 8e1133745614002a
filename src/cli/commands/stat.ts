import { FerryError } from '../../core/errors.ts'
import { type ObjectUrl, printObjectUrl } from '../../formats/object-url.ts'
import { objectRecord } from '../../objects/describe-entry.ts'
import { asFerryError, exitCodeOf } from '../../objects/outcome.ts'
import type { ObjectStore } from '../../stores/store.ts'
import { defineCommand, flag } from '../command.ts'
import { objectLocation } from '../object-location.ts'
import { reportError } from '../report-error.ts'
import { storePool } from '../transfer-options.ts'

export default defineCommand({
  name: 'stat',
  summary: 'show what a store knows of an object',
  description:
    'Prints size, time, ETag, checksums, type and metadata of objects; of a bucket or container, ' +
    'whether it is there.',
  arguments: [{ name: 'url', description: 'URLs or paths', required: true, variadic: true }],
  options: { json: flag('print a line of JSON for each') },
  examples: ['ferry stat s3://lake/report.csv', 'ferry stat lake:report.csv --json | jq .size'],
  async run({ args, options, context }) {
    await using pool = storePool(context)
    const failures: number[] = []
    for (const arg of args) {
      try {
        const url = await objectLocation(arg, context)
        const record = await recordOf(await pool.open(url), url, context.signal)
        context.stdout.write(options.json ? `${JSON.stringify(record)}\n` : `${pageOf(record)}\n`)
      } catch (error) {
        context.signal.throwIfAborted()
        failures.push(reportError(asFerryError(error), context.stderr))
      }
    }
    return exitCodeOf(failures)
  },
})

async function recordOf(
  store: ObjectStore,
  url: ObjectUrl,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  if (url.key !== '') return objectRecord(url, await store.stat(url.key, { signal }))
  if (await store.bucket.exists({ signal })) {
    return { url: printObjectUrl(url), kind: 'bucket', ...store.capabilities }
  }
  throw new FerryError('BUCKET_NOT_FOUND', `\`${printObjectUrl(url)}\` does not exist`, {
    hint: store.capabilities.implicitBucket ? 'check its name' : 'ferry mb makes it',
  })
}

function pageOf(record: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, textOf(value)] as const)
    .filter(([, text]) => text !== '')
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

/** `md5=5bbf..., crc32c=a2379c0d` of what has names and values of its own; nothing where there are none. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return Object.entries(value)
    .map(pair => pair.join('='))
    .join(', ')
}
