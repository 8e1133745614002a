import { readSettings, type Settings } from '../../../clouds/azure/settings.ts'
import { openAgent } from '../../../clouds/http/agent.ts'
import { readText } from '../../../clouds/http/read-text.ts'
import { Transport, type WireAnswer } from '../../../clouds/http/transport.ts'
import type { Queue, SendOutcome } from '../../queue.ts'
import type { DriverOptions } from '../../queue-options.ts'
import { readFailure } from '../../../clouds/azure/read-failure.ts'
import { answerError, brokenAnswer, isAboutMessage, networkError } from './errors.ts'

/** Of the service's interface; 2017-07-29 and later let a message live for ever. */
const API_VERSION = '2023-11-03'
/** Without it the service throws messages away after seven days. */
const FOR_EVER = { messagettl: '-1' }
const MAX_MESSAGE_BYTES = 65_536
const MAX_ANSWER_BYTES = 1_048_576

interface Context {
  readonly name: string
  readonly queue: string
  readonly settings: Settings
  readonly transport: Transport
}

/** A queue of Azure Queue Storage, which takes one message a request and keeps no order. */
export async function open(options: DriverOptions): Promise<Queue> {
  const { url, name, environment, stallMs } = options
  if (url.scheme !== 'azqueue') throw new TypeError('not a queue of Azure')
  const settings = readSettings(url, environment, 'queue')
  const agent = await openAgent(options)
  const transport = new Transport(agent, stallMs)
  const context: Context = { name, queue: url.queue, settings, transport }
  const close = (): Promise<void> => transport.close()
  return {
    name,
    capabilities: {
      maxMessageBytes: MAX_MESSAGE_BYTES,
      maxBatchMessages: 1,
      maxBatchBytes: MAX_MESSAGE_BYTES,
      order: 'none',
      deduplicates: false,
    },
    sizeOf: body => Buffer.byteLength(escapeText(body)),
    send: async (batch, { signal }) => {
      const outcomes: SendOutcome[] = []
      for (const { body } of batch) outcomes.push(await put(context, body, signal))
      return outcomes
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function put(context: Context, text: string, signal: AbortSignal): Promise<SendOutcome> {
  const { name } = context
  const message = escapeText(text)
  const body = Buffer.from(`<QueueMessage><MessageText>${message}</MessageText></QueueMessage>`)
  let answer: WireAnswer
  let told: string
  try {
    answer = await post(context, body, signal)
    told = await readText(answer.body, MAX_ANSWER_BYTES, what => brokenAnswer(name, what))
  } catch (error) {
    signal.throwIfAborted()
    throw networkError(error, name)
  }
  if (answer.status === 201) return { status: 'accepted' }
  const failure = readFailure(answer, told)
  if (!isAboutMessage(failure)) throw answerError(failure, name)
  return { status: 'refused', reason: `\`${name}\`: ${failure.code}: ${failure.message}` }
}

async function post(
  { queue, settings, transport }: Context,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<WireAnswer> {
  const { endpoint, authorizer } = settings
  const path = `${endpoint.pathname.replace(/\/+$/, '')}/${queue}/messages`
  const headers = {
    'content-length': String(body.length),
    'content-type': 'application/xml',
    'x-ms-date': new Date().toUTCString(),
    'x-ms-version': API_VERSION,
  }
  const signable = { method: 'POST', path, query: FOR_EVER, headers }
  const proof = await authorizer.authorize(signable, signal)
  const query = [new URLSearchParams(FOR_EVER).toString(), proof.query].filter(one => one !== '')
  return transport.send(
    {
      origin: endpoint.origin,
      method: 'POST',
      path: `${path}?${query.join('&')}`,
      headers: { ...headers, ...proof.headers, 'user-agent': 'ferry' },
      body,
    },
    signal,
  )
}

/** As text between tags: quotes, of which JSON is full, may stand as they are. */
function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, character => ESCAPES[character] ?? character)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
}
