import { DEFAULT_RETRY, retry, type RetryPolicy } from '../core/retry.ts'
import type { FerryError } from '../core/errors.ts'
import type { Queue, QueueMessage } from './queue.ts'

/** A message that the queue will never take. */
export interface RefusedMessage<Message> {
  readonly message: Message
  readonly reason: string
}

export interface SendMessagesOptions {
  readonly signal: AbortSignal
  readonly retry?: RetryPolicy | undefined
}

/**
 * Sends a batch until the queue has taken each of its messages or refused it for good; returns those
 * that it refused. Those of a batch that failed are tried again alone, after a pause, or after what
 * Retry-After says. At least once: a message whose answer was lost goes again under the same id.
 * @throws FerryError what `Queue.send` throws, when another try cannot help or the policy is used up
 */
export async function sendMessages<Message extends QueueMessage>(
  queue: Queue,
  batch: readonly Message[],
  { signal, retry: policy = DEFAULT_RETRY }: SendMessagesOptions,
): Promise<readonly RefusedMessage<Message>[]> {
  const { maxMessageBytes } = queue.capabilities
  const refused: RefusedMessage<Message>[] = []
  let left: readonly Message[] = batch.filter(message => {
    const size = queue.sizeOf(message.body)
    if (size <= maxMessageBytes) return true
    const reason = `the message has ${size} bytes, and \`${queue.name}\` takes ${maxMessageBytes}`
    refused.push({ message, reason })
    return false
  })
  await retry(
    async () => {
      if (left.length === 0) return
      const outcomes = await queue.send(left, { signal })
      const failed: Message[] = []
      let failure: FerryError | undefined
      for (const [at, message] of left.entries()) {
        const outcome = outcomes[at]
        if (outcome?.status === 'refused') refused.push({ message, reason: outcome.reason })
        else if (outcome?.status === 'failed') {
          failed.push(message)
          // One that no other try can mend tells most.
          if (failure?.retryable !== false) failure = outcome.error
        }
      }
      left = failed
      if (failure !== undefined) throw failure
    },
    policy,
    signal,
  )
  return refused
}
