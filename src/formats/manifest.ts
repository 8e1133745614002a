import * as z from 'zod'
import { FerryError } from '../core/errors.ts'

/**
 * A manifest lists the parts of one delivery, with what they must be: it is written after all of
 * them, whole or not at all, so that whoever has it knows that the delivery is complete, and can tell
 * a part that is missing, cut off or another one. `ferry put --manifest` writes it; `ferry get
 * --manifest` and the loader read it.
 *
 *     {"version":1,"entries":[
 *     {"url":"s3://lake/users/1.csv","mandatory":true,"meta":{"content_length":1024,"record_count":9,"crc32c":"9ae0daaf"}}
 *     ],"meta":{"content_length":1024,"record_count":9}}
 *
 * `entries`, `url`, `mandatory`, `content_length` and `record_count` are those of the manifests that
 * Redshift's UNLOAD writes. `record_count` is left out where rows are not known. Sorted by URL.
 */
export interface Manifest {
  readonly parts: readonly ManifestPart[]
}

export interface ManifestPart {
  /** Absolute, as `printObjectUrl` prints it. */
  readonly url: string
  readonly bytes: number
  /** Eight hexadecimal digits, of the bytes as stored. */
  readonly crc32c: string
  readonly rows?: number | undefined
}

/** The text of a manifest: a line a part, so that two can be compared with `diff`. */
export function* manifestLines({ parts }: Manifest): Generator<string> {
  const sorted = [...parts].sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0))
  let bytes = 0
  let rows: number | undefined = 0
  yield '{"version":1,"entries":[\n'
  for (const [at, part] of sorted.entries()) {
    bytes += part.bytes
    rows = rows === undefined || part.rows === undefined ? undefined : rows + part.rows
    const meta = { ...counts(part.bytes, part.rows), crc32c: part.crc32c }
    const entry = JSON.stringify({ url: part.url, mandatory: true, meta })
    yield `${entry}${at === sorted.length - 1 ? '' : ','}\n`
  }
  yield `],"meta":${JSON.stringify(counts(bytes, rows))}}\n`
}

function counts(bytes: number, rows: number | undefined): Record<string, number> {
  return { content_length: bytes, ...(rows === undefined ? {} : { record_count: rows }) }
}

const count = z.int().min(0)

const schema = z.object({
  version: z.literal(1),
  entries: z.array(
    z.object({
      url: z.string().min(1),
      meta: z.object({
        content_length: count,
        record_count: count.optional(),
        crc32c: z.string().regex(/^[0-9a-f]{8}$/),
      }),
    }),
  ),
  meta: z.object({ content_length: count, record_count: count.optional() }),
})

/** Reads a manifest's text; `name` is for the error. @throws FerryError MANIFEST_INVALID */
export function parseManifest(text: string, name: string): Manifest {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw invalid(name, 'it is not JSON, or cut off', error)
  }
  const read = schema.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    throw invalid(name, `\`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? ''}`, read.error)
  }
  const { entries, meta } = read.data
  const parts = entries.map(({ url, meta: { content_length, record_count, crc32c } }) => {
    return { url, bytes: content_length, crc32c, rows: record_count }
  })
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  if (bytes !== meta.content_length) {
    throw invalid(name, `its parts are ${bytes} bytes, and it says ${meta.content_length}`)
  }
  if (new Set(parts.map(part => part.url)).size < parts.length) {
    throw invalid(name, 'it lists a part twice')
  }
  return { parts }
}

function invalid(name: string, why: string, cause?: unknown): FerryError {
  return new FerryError(
    'MANIFEST_INVALID',
    `\`${name}\` is no manifest that can be trusted: ${why}`,
    {
      cause,
      hint: 'have its writer write it again: ferry put --manifest URL ...',
    },
  )
}
