import type { RemoveOutcome } from '../../store.ts'
import type { TextAnswer } from './client.ts'
import { answerError, brokenAnswer, readFailure, textHeader } from './errors.ts'
import { assertKey } from './names.ts'
import type { ContainerContext } from './objects.ts'
import { outcomeOf } from './remove-outcome.ts'

const BOUNDARY = 'ferry-batch'

/** Removes up to 256 objects in one request, which holds a signed request for each. */
export async function removeBatch(
  context: ContainerContext,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly RemoveOutcome[]> {
  const { client, container } = context
  const outcomes = new Map<string, RemoveOutcome>()
  const sent = keys.filter(key => {
    try {
      assertKey(key)
      return true
    } catch (error) {
      outcomes.set(key, outcomeOf(key, error))
      return false
    }
  })
  const requests = await Promise.all(sent.map((key, at) => printRequest(context, key, at, signal)))
  const body = Buffer.from(`${requests.join('')}--${BOUNDARY}--\r\n`)
  const query = { restype: 'container', comp: 'batch' }
  const headers = { 'content-type': `multipart/mixed; boundary=${BOUNDARY}` }
  const request = { container, method: 'POST', query, headers, body, signal } as const
  const told = await client.send(request, answer => readOutcomes(answer, sent, context))
  for (const outcome of told) outcomes.set(outcome.key, outcome)
  return keys.map(key => outcomes.get(key) ?? { key, removed: true })
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

/** An answer for each key, told apart by the number that it was sent with. */
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
  const outcomes = new Map<number, RemoveOutcome>()
  for (const part of answer.text.split(`--${boundary}`).slice(1, -1)) {
    const { at, status, headers, text } = readPart(part)
    const key = keys[at]
    if (key === undefined) {
      // One answer without a number is that to the batch as a whole.
      throw answerError(readFailure({ status, headers }, text), { container })
    }
    if (status >= 200 && status < 300) outcomes.set(at, { key, removed: true })
    else {
      const error = answerError(readFailure({ status, headers }, text), { container, key })
      outcomes.set(at, outcomeOf(key, error))
    }
  }
  return keys.map((key, at) => {
    const outcome = outcomes.get(at)
    if (outcome === undefined) {
      throw brokenAnswer({ container, key }, 'it does not say what became of it')
    }
    return outcome
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
