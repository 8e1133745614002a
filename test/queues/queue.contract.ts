import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startFaultProxy } from '../../servers/fault-proxy.ts'
import { type Fault, randomPlan } from '../../servers/faults/plan.ts'
import { DEFAULT_RETRY } from '../../src/core/retry.ts'
import { parseQueueUrl } from '../../src/formats/queue-url.ts'
import { batchMessages } from '../../src/queues/batch-messages.ts'
import { openQueue } from '../../src/queues/open-queue.ts'
import type { Queue, QueueMessage } from '../../src/queues/queue.ts'
import { type RefusedMessage, sendMessages } from '../../src/queues/send-messages.ts'
import { type QueueRow, type QueueService, WRONG_KEY } from './drivers.ts'

const SOAK = process.env['FERRY_SOAK'] !== undefined
const SEED = Number(process.env['FERRY_SEED'] ?? 1)
const MESSAGES_AMONG_FAULTS = SOAK ? 3_000 : 60
/** A batch has one message of each, where order is kept: few make many requests, ten are soon sent. */
const GROUPS_AMONG_FAULTS = SOAK ? 10 : 4

const message = (number: number, body: string, group = 'one'): QueueMessage => ({
  id: `m-${number}`,
  group,
  body,
})

async function sendAll(
  queue: Queue,
  messages: readonly QueueMessage[],
  signal = AbortSignal.timeout(50_000 + (SOAK ? 1_000 : 100) * messages.length),
): Promise<readonly RefusedMessage<QueueMessage>[]> {
  const refused: RefusedMessage<QueueMessage>[] = []
  // Swift, as the faults of a test last no longer than it.
  const retry = { ...DEFAULT_RETRY, firstDelayMs: 5, maxDelayMs: 50, maxAttempts: 30 }
  for await (const batch of batchMessages(messages, queue)) {
    refused.push(...(await sendMessages(queue, batch, { signal, retry })))
  }
  return refused
}

/** What every driver promises; src/queues/queue.ts says it in words. */
export function queueContract({ name, title, keepsOrder, start }: QueueRow): void {
  describe(title, () => {
    let service: QueueService
    beforeAll(async () => {
      service = await start()
    })
    afterAll(() => service[Symbol.asyncDispose]())

    const open = (url: string, environment = service.environment()): Promise<Queue> =>
      openQueue(parseQueueUrl(url), { environment, stallMs: 5_000 })

    test('texts arrive as they were sent, whatever is in them', async () => {
      const made = await service.make()
      await using queue = await open(made.url)
      const texts = ['{"a":1}', '<&>"\'\n]]>&amp;', '{"é":"日本 😀"}', ' a  b ', '%41+=&', 'x\r\ny']
      await sendAll(
        queue,
        texts.map((text, at) => message(at, text, `g-${at}`)),
      )
      expect((await made.receive()).sort()).toEqual([...texts].sort())
    })

    test('more messages than a request takes, each once', async () => {
      const made = await service.make()
      await using queue = await open(made.url)
      expect(queue.capabilities.order).toBe(keepsOrder ? 'group' : 'none')
      const bodies = Array.from({ length: 57 }, (_, at) => `message ${at} of ${'x'.repeat(9_000)}`)
      await sendAll(
        queue,
        bodies.map((body, at) => message(at, body, `g-${at % 20}`)),
      )
      expect((await made.receive()).sort()).toEqual(bodies.sort())
    })

    test('the largest message is taken; a larger one is refused, and harms no other', async () => {
      const made = await service.make()
      await using queue = await open(made.url)
      const { maxMessageBytes } = queue.capabilities
      const largest = 'x'.repeat(maxMessageBytes)
      const refused = await sendAll(queue, [
        message(1, 'before', 'a'),
        message(2, `${largest}!`, 'b'),
        message(3, largest, 'c'),
        message(4, 'after', 'd'),
      ])
      expect(refused.map(one => one.message.id)).toEqual(['m-2'])
      expect(refused[0]?.reason).toContain(String(maxMessageBytes))
      expect((await made.receive()).sort()).toEqual(['after', 'before', largest].sort())
    })

    test('where order is kept, a group comes out in it, and the same id is taken once', async () => {
      const made = await service.make()
      await using queue = await open(made.url)
      const messages = Array.from({ length: 40 }, (_, at) => message(at, `${at}`, `g-${at % 3}`))
      await sendAll(queue, messages)
      await sendAll(queue, messages)
      const got = (await made.receive()).map(Number)
      expect(queue.capabilities.deduplicates).toBe(keepsOrder)
      expect(new Set(got).size).toBe(40)
      expect(got).toHaveLength(keepsOrder ? 40 : 80)
      if (!keepsOrder) return
      for (const group of [0, 1, 2]) {
        const ofGroup = got.filter(one => one % 3 === group)
        expect(ofGroup).toEqual(ofGroup.toSorted((a, b) => a - b))
      }
    })

    test('a queue that is not there, and a key that is wrong, say so', async () => {
      await using missing = await open(service.missing)
      await expect(sendAll(missing, [message(1, 'a')])).rejects.toMatchObject({
        code: 'QUEUE_NOT_FOUND',
        message: `\`${service.missing}\` does not exist`,
      })
      const made = await service.make()
      await using denied = await open(made.url, service.wrongKey)
      const failure: unknown = await sendAll(denied, [message(1, 'a')]).catch(error => error)
      expect(failure).toMatchObject({ code: 'DENIED' })
      expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain(WRONG_KEY)
    })

    test('who is asked to stop, stops', async () => {
      const made = await service.make()
      await using queue = await open(made.url)
      const stop = new AbortController()
      stop.abort(new Error('stopped'))
      await expect(sendAll(queue, [message(1, 'a')], stop.signal)).rejects.toThrow('stopped')
    })

    const faults = async (kinds: readonly Fault[]) => {
      const made = await service.make()
      const longWaits = SOAK ? 0.02 : 0.1
      await using proxy = await startFaultProxy({ port: service.port, service: name, longWaits })
      await using queue = await open(made.url, service.environment(proxy.port))
      proxy.follow(randomPlan({ kinds, rate: 0.3 }), SEED)
      const bodies = Array.from({ length: MESSAGES_AMONG_FAULTS }, (_, at) => `message ${at}`)
      const startedAt = performance.now()
      await sendAll(
        queue,
        bodies.map((body, at) => message(at, body, `g-${at % GROUPS_AMONG_FAULTS}`)),
      )
      const sentMs = performance.now() - startedAt
      const got = await made.receive()
      const { request = 0, ...met } = Object.fromEntries(proxy.counts)
      const arrived = new Set(got)
      const lost = bodies.filter(body => !arrived.has(body))
      console.log(
        `${title}: ${bodies.length} sent, ${arrived.size} arrived, ${got.length - arrived.size} twice, ${lost.length} lost; ${request} requests in ${Math.round(sentMs)} ms met ${JSON.stringify(met)}`,
      )
      expect(lost).toEqual([])
      if (keepsOrder) {
        for (let group = 0; group < GROUPS_AMONG_FAULTS; group++) {
          const numbers = got.map(body => Number(body.slice('message '.length)))
          const ofGroup = numbers.filter(at => at % GROUPS_AMONG_FAULTS === group)
          expect(ofGroup).toEqual(ofGroup.toSorted((a, b) => a - b))
        }
      }
      return { bodies, got }
    }

    test(
      'storms of 503 and 429, connections that are cut before the request: each once',
      async () => {
        const { bodies, got } = await faults(['status-503', 'status-429'])
        expect(got.sort()).toEqual(bodies.sort())
      },
      SOAK ? 3_600_000 : 300_000,
    )

    test(
      'answers that are lost or cut, requests that come twice: none is lost',
      async () => {
        const { bodies, got } = await faults([
          'lose-answer',
          'cut-answer',
          'cut-request',
          'repeat-request',
          'status-500',
        ])
        expect([...new Set(got)].sort()).toEqual(bodies.sort())
        if (keepsOrder) expect(got).toHaveLength(bodies.length)
      },
      SOAK ? 3_600_000 : 300_000,
    )
  })
}
