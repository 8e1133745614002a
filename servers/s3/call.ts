import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A request to S3, as the gate has read it. */
export interface Call {
  readonly method: string
  /** As it came, without the query. */
  readonly rawPath: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly bucket: string
  /** '' for calls on a bucket. */
  readonly key: string
  readonly body: Buffer
}

/** Refuses a call as S3 does: with a status, a code and a sentence. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly extra: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    message: string,
    extra: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.extra = extra
  }
}

/** Reads all of a request; one that was cut off never gets any further. */
export async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk)) // throws when it is cut off
  const url = request.url ?? '/'
  const end = url.includes('?') ? url.indexOf('?') : url.length
  const rawPath = url.slice(0, end)
  // A plus is a plus in S3's queries too, as clients that sign them encode spaces as %20.
  const query = new URLSearchParams(url.slice(end + 1).replaceAll('+', '%2B'))
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(decodePath(rawPath)) ?? []
  const { method = 'GET', headers } = request
  return { method, rawPath, query, headers, bucket, key, body: Buffer.concat(chunks) }
}

export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new Refusal(400, 'InvalidURI', "Couldn't parse the specified URI.")
  }
}

export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}
