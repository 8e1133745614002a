import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError } from '../core/errors.ts'
import type { RetryPolicy } from '../core/retry.ts'
import { batchMessages } from '../queues/batch-messages.ts'
import type { Queue } from '../queues/queue.ts'
import { type RefusedMessage, sendMessages } from '../queues/send-messages.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { DeliveredSegment, SealedSegment, SegmentSink } from './delivery.ts'
import { eachAlone, type EventMessage, eventMessages } from './queue-messages.ts'
import { QueueProgress } from './queue-progress.ts'
import { ContentCount, segmentRows } from './segment-content.ts'

export interface QueueSinkOptions {
  readonly queue: Queue
  /** The spool. */
  readonly directory: string
  readonly collectorId: string
  readonly eventsPerMessage: number
  readonly retry?: RetryPolicy | undefined
}

/** What Amazon bills as one request, and all that Azure takes. */
const MESSAGE_BYTES = 65_536
/** Of workers, the files have the numbers from 1 up. */
const DEAD_LETTERS = 'dead-letters-0.ndjson'

/**
 * Delivers segments to a queue, batch by batch. After each the progress is noted on disk; a segment
 * is done when every message of it was accepted, or was refused for good and is a dead letter.
 */
export class QueueSink implements SegmentSink {
  readonly #options: QueueSinkOptions
  readonly #progress: QueueProgress
  /** Of the segment under way, over all tries. */
  #tally = { sequence: -1, bytes: 0, undeliverable: 0 }

  private constructor(options: QueueSinkOptions, progress: QueueProgress) {
    this.#options = options
    this.#progress = progress
  }

  /** @throws FerryError DENIED, LOCAL_IO */
  static async open(options: QueueSinkOptions): Promise<QueueSink> {
    return new QueueSink(options, await QueueProgress.open(options.directory))
  }

  async deliver(segment: SealedSegment, signal: AbortSignal): Promise<DeliveredSegment> {
    const { queue, collectorId, eventsPerMessage } = this.#options
    const { path, sequence } = segment
    if (this.#tally.sequence !== sequence) this.#tally = { sequence, bytes: 0, undeliverable: 0 }
    const tally = this.#tally
    const content = await lookAtAll(path)
    let done = this.#progress.rowsOf(sequence)
    const messages = eventMessages(path, {
      collectorId,
      skip: done,
      maxEvents: eventsPerMessage,
      maxBytes: Math.min(MESSAGE_BYTES, queue.capabilities.maxMessageBytes),
      sizeOf: queue.sizeOf,
      isBySession: queue.capabilities.order === 'group',
    })
    for await (const batch of batchMessages(messages, queue)) {
      for (const { message, reason } of await this.#send(batch, signal)) {
        await this.#keep(message, reason)
        tally.undeliverable += message.lines.length
      }
      for (const { lines, body } of batch) {
        tally.bytes += body.length
        done += lines.length
      }
      await this.#progress.note(sequence, done)
    }
    const { bytes, undeliverable } = tally
    const { rows, identities } = content
    return { rows: rows - undeliverable, undeliverable, identities, bytes }
  }

  async close(): Promise<void> {
    await this.#options.queue.close()
  }

  /** Returns the events that the queue will never take, each as a message of its own. */
  async #send(
    batch: readonly EventMessage[],
    signal: AbortSignal,
  ): Promise<readonly RefusedMessage<EventMessage>[]> {
    const { queue, retry } = this.#options
    const refused: RefusedMessage<EventMessage>[] = []
    for (const one of await sendMessages(queue, batch, { signal, retry })) {
      if (one.message.lines.length === 1) refused.push(one)
      else {
        for await (const part of batchMessages(eachAlone(one.message), queue)) {
          refused.push(...(await sendMessages(queue, part, { signal, retry })))
        }
      }
    }
    return refused
  }

  /**
   * Its sender was told that it is stored, so it is on disk before the progress passes over it, and
   * has no limit as what was refused at the door has.
   */
  async #keep({ lines: [line] }: EventMessage, reason: string): Promise<void> {
    const path = join(this.#options.directory, DEAD_LETTERS)
    const letter: DeadLetter = {
      received_at: new Date().toISOString(),
      path: '/api/v1/events',
      kind: 'message_refused',
      reason,
      content_type: 'application/x-ndjson',
      body: Buffer.from(line?.json ?? '').toString('base64'),
    }
    try {
      await using file = await open(path, 'a', 0o640)
      await file.appendFile(`${JSON.stringify(letter)}\n`)
      await file.datasync()
    } catch (error) {
      throw asLocalIoError(error, path)
    }
  }
}

/** Looks at all of a segment before the first message goes. @throws FerryError DATA_INVALID */
async function lookAtAll(path: string): Promise<ContentCount> {
  const content = new ContentCount()
  for await (const _ of segmentRows(path, content)) continue
  return content
}
