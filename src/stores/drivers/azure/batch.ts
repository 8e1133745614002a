import type { RemoveOutcome } from '../../store.ts'
import type { TextAnswer } from '../../http/service-request.ts'
import { readFailure } from '../../../clouds/azure/read-failure.ts'
import { answerError, brokenAnswer } from './errors.ts'
import type { ContainerContext } from './objects.ts'
import { outcomeOf } from './remove-outcome.ts'
import { textHeader } from '../../../clouds/http/headers.ts'

const BOUNDARY = 'ferry-batch'

/**
 * Removes up to 256 objects in one request, which holds a signed request for each. Tells only of
 * those that it knows for certain; for the others a request of their own is due.
 */
export async function removeBatch(
  context: ContainerContext,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly RemoveOutcome[]> {
  const { client, container } = context
  const requests = await Promise.all(keys.map((key, at) => printRequest(context, key, at, signal)))
  const body = Buffer.from(`${requests.join('')}--${BOUNDARY}--\r\n`)
  const query = { restype: 'container', comp: 'batch' }
  const headers = { 'content-type': `multipart/mixed; boundary=${BOUNDARY}` }
  const request = { container, method: 'POST', query, headers, body, signal } as const
  return client.send(request, answer => readOutcomes(answer, keys, context))
}

async function printRequest(
  { client, container }: ContainerContext,
  key: string,
  at: number,
  signal: AbortSignal,
): Promise<string> {
  const path = client.pathOf({ container, key })
  const own = { 'x-ms-date': new Date().toUTCString() }
  const signable = { method: 'DELETE', path, query: {}, headers: own }
  const { headers, query } = await client.settings.authorizer.authorize(signable, signal)
  const lines = [
    `--${BOUNDARY}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    `Content-ID: ${at}`,
    '',
    `DELETE ${path}${query === '' ? '' : `?${query}`} HTTP/1.1`,
    ...Object.entries({ ...own, ...headers, 'content-length': '0' }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    '',
    '',
  ]
  return lines.join('\r\n')
}

/** Each answer has the number that its request was sent with. */
function readOutcomes(
  answer: TextAnswer,
  keys: readonly string[],
  { container }: ContainerContext,
): RemoveOutcome[] {
  const type = textHeader(answer.headers, 'content-type') ?? ''
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  if (boundary === undefined || !answer.text.includes(`--${boundary}--`)) {
    throw brokenAnswer({ container }, 'it was cut off')
  }
  return answer.text
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap(part => {
      const { at, status, headers, text } = readPart(part)
      const key = keys[at]
      if (key === undefined) return []
      if (status >= 200 && status < 300) return [{ key, removed: true as const }]
      try {
        const failure = readFailure({ status, headers }, text)
        return [outcomeOf(key, answerError(failure, { container, key }))]
      } catch {
        return [] // the request of its own will tell, or succeed
      }
    })
}

interface PartOfAnswer {
  /** NaN where it has none. */
  readonly at: number
  readonly status: number
  readonly headers: Record<string, string>
  readonly text: string
}

function readPart(part: string): PartOfAnswer {
  const at = Number(/^content-id:\s*(\d+)/im.exec(part)?.[1] ?? NaN)
  const start = part.indexOf('HTTP/1.1 ')
  const [head = '', ...rest] = part.slice(start).split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { at, status: Number(statusLine.split(' ')[1]), headers, text: rest.join('\r\n\r\n') }
}
