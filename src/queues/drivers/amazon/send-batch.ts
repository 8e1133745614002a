import type { AwsAnswer, AwsClient } from '../../../clouds/aws/service-client.ts'
import type { QueueMessage, SendOutcome } from '../../queue.ts'
import {
  type AmazonFailure,
  amazonError,
  brokenAnswer,
  failedOutcome,
  isAboutMessages,
  networkError,
} from './errors.ts'

/** How one of the two services words a batch. */
export interface BatchDialect {
  readonly client: AwsClient
  readonly name: string
  /** Entries have the numbers of their messages as ids. */
  readonly request: (batch: readonly QueueMessage[]) => {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
  readonly readFailure: (answer: AwsAnswer) => AmazonFailure
  /** @throws SyntaxError, TypeError (the answer is not what it should be) */
  readonly readBatch: (text: string) => BatchAnswer
}

export interface BatchAnswer {
  readonly accepted: readonly string[]
  readonly failed: readonly (AmazonFailure & { readonly id: string })[]
}

/** Limits that SQS and SNS have in common: those of a queue whose owner did not raise them. */
export const BATCH_LIMITS = {
  maxMessageBytes: 262_144,
  maxBatchMessages: 10,
  maxBatchBytes: 262_144,
} as const

/** Sends a batch, once. Where the batch as a whole is refused, its messages go one by one. */
export async function sendBatch(
  dialect: BatchDialect,
  batch: readonly QueueMessage[],
  signal: AbortSignal,
): Promise<readonly SendOutcome[]> {
  const { name } = dialect
  const answer = await post(dialect, batch, signal)
  if (answer.status < 200 || answer.status >= 300) {
    const failure = { ...dialect.readFailure(answer), answer }
    if (!isAboutMessages(failure)) throw amazonError(failure, name)
    if (batch.length === 1) return [failedOutcome(failure, name)]
    const outcomes: SendOutcome[] = []
    for (const message of batch) outcomes.push(...(await sendBatch(dialect, [message], signal)))
    return outcomes
  }
  return outcomesOf(dialect, batch, answer.text)
}

async function post(
  { client, name, request }: BatchDialect,
  batch: readonly QueueMessage[],
  signal: AbortSignal,
): Promise<AwsAnswer> {
  const { headers, body } = request(batch)
  return postTo({ client, name }, { headers, body, signal })
}

/** Sends a request; what goes wrong below HTTP comes in Ferry's words. */
export async function postTo(
  { client, name }: { readonly client: AwsClient; readonly name: string },
  {
    headers,
    body,
    signal,
  }: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly signal: AbortSignal
  },
): Promise<AwsAnswer> {
  const broken = (what: string): Error => brokenAnswer(name, what)
  try {
    return await client.post({ headers, body: Buffer.from(body), signal, broken })
  } catch (error) {
    signal.throwIfAborted()
    throw networkError(error, name)
  }
}

function outcomesOf(
  dialect: BatchDialect,
  batch: readonly QueueMessage[],
  text: string,
): readonly SendOutcome[] {
  const { name } = dialect
  let told: BatchAnswer
  try {
    told = dialect.readBatch(text)
  } catch (error) {
    throw brokenAnswer(name, 'it does not tell which messages were taken', error)
  }
  const accepted = new Set(told.accepted)
  const failed = new Map(told.failed.map(one => [one.id, one]))
  return batch.map((_, at): SendOutcome => {
    const failure = failed.get(String(at))
    if (failure !== undefined) return failedOutcome(failure, name)
    if (accepted.has(String(at))) return { status: 'accepted' }
    return { status: 'failed', error: brokenAnswer(name, 'it passes over a message') }
  })
}
