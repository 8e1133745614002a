import type { Queue, QueueMessage } from './queue.ts'

/**
 * Cuts a stream of messages into batches that the queue takes in one request, in their order. Where
 * the queue keeps order a batch has no two messages of a group: of a batch some may fail, and those
 * that are sent again must not come behind a later one of theirs. A message that is larger than any
 * batch is a batch of its own.
 */
export async function* batchMessages<Message extends QueueMessage>(
  messages: AsyncIterable<Message> | Iterable<Message>,
  { capabilities, sizeOf }: Pick<Queue, 'capabilities' | 'sizeOf'>,
): AsyncGenerator<readonly Message[]> {
  const { maxBatchMessages, maxBatchBytes, order } = capabilities
  let batch: Message[] = []
  let bytes = 0
  const groups = new Set<string>()
  for await (const message of messages) {
    const size = sizeOf(message.body)
    const isFull =
      batch.length >= maxBatchMessages ||
      bytes + size > maxBatchBytes ||
      (order === 'group' && groups.has(message.group))
    if (isFull && batch.length > 0) {
      yield batch
      batch = []
      bytes = 0
      groups.clear()
    }
    batch.push(message)
    bytes += size
    groups.add(message.group)
  }
  if (batch.length > 0) yield batch
}
