import { stringify } from 'yaml'
import { FerryError } from '../../core/errors.ts'
import { readValue } from '../columns/read-value.ts'
import { type Kind, widest } from '../columns/value-kind.ts'
import { openClient } from '../http/open-client.ts'
import { type JsonRecord, type JsonValue, parseJson } from '../json/parse-json.ts'
import type { PullContext } from '../pull-context.ts'
import { redactorOf } from '../redactor.ts'
import { guessSource } from './guess-source.ts'

const MOST_BYTES = 33_554_432
const TIMEOUT_MS = 30_000

/** A first configuration of a source, from a real answer of its service, as YAML for ferry.yaml. */
export async function firstConfig(
  url: URL,
  bearerVariable: string | undefined,
  context: PullContext,
): Promise<string> {
  const auth = authOf(bearerVariable, context)
  const limits = {
    source: nameOf(url),
    origins: new Set([url.origin]),
    redactor: redactorOf(auth, {}),
  }
  await using opened = await openClient(
    { auth, timeout: TIMEOUT_MS, rate: undefined },
    limits,
    context,
  )
  const request = { method: 'GET', url, headers: {} } as const
  const { document, headers } = await opened.client.fetch(request, async answer => {
    return { document: await readDocument(answer.body), headers: answer.headers }
  })
  const { rows, sample, pagination, key, updated } = guessSource(document, headers)
  const name = nameOf(url)
  const source = {
    url: `${url.origin}${url.pathname}`,
    ...(url.search === '' ? {} : { params: Object.fromEntries(url.searchParams) }),
    ...(bearerVariable === undefined ? {} : { auth: { bearer: `\${${bearerVariable}}` } }),
    ...(pagination === undefined ? {} : { pagination }),
    rows,
    ...(key === undefined ? {} : { key }),
  }
  const yaml = stringify({ pull: { [name]: source } }, { lineWidth: 0 })
  return yaml + remarks(sample, pagination === undefined, updated)
}

function authOf(
  variable: string | undefined,
  { environment }: PullContext,
): { bearer: string } | undefined {
  if (variable === undefined) return undefined
  const bearer = environment[variable]
  if (bearer !== undefined && bearer !== '') return { bearer }
  throw new FerryError('USAGE', `the environment variable \`${variable}\` is not set`, {
    hint: `set it to the token, and say --bearer ${variable}`,
  })
}

async function readDocument(body: AsyncIterable<Uint8Array>): Promise<JsonValue> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MOST_BYTES) {
      throw new FerryError('DATA_INVALID', 'the answer is larger than 32 MB', {
        hint: 'ask for a smaller page, by the parameter that the service has for it',
      })
    }
  }
  try {
    return parseJson(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw new FerryError('DATA_INVALID', 'the answer is no JSON', {
      cause: error,
      hint: 'CSV and Parquet are read from `files`, see docs/pull.md',
    })
  }
}

/** `https://api.example.com/v1/reports` is called `reports`. */
function nameOf(url: URL): string {
  const words = [...url.hostname.split('.').slice(0, -1), ...url.pathname.split('/')]
  const last = words.filter(word => /^[A-Za-z]\w*$/.test(word) && !/^v\d+$/.test(word)).at(-1)
  return last ?? 'source'
}

function remarks(
  sample: readonly JsonRecord[],
  isOnePage: boolean,
  updated: string | undefined,
): string {
  const kinds = new Map<string, Kind>()
  for (const row of sample) {
    for (const [name, value] of Object.entries(row)) {
      const kind = readValue(value, false)?.kind ?? 'nothing'
      kinds.set(name, widest(kinds.get(name) ?? 'nothing', kind))
    }
  }
  const lines = [`${sample.length} rows in this answer, with these columns:`]
  for (const [name, kind] of kinds) lines.push(`  ${JSON.stringify(name)}: ${kind}`)
  if (isOnePage)
    lines.push('Nothing in it tells of further pages: see `pagination` in docs/pull.md.')
  if (updated !== undefined) {
    lines.push(
      `\`${updated}\` may tell what is new: since: { field: ${updated} }, and {since} in params.`,
    )
  }
  return lines.map(line => `# ${line}\n`).join('')
}
