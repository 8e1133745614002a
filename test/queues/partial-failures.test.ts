import { expect, test } from 'vitest'
import { DEFAULT_RETRY } from '../../src/core/retry.ts'
import { parseQueueUrl, type QueueUrl } from '../../src/formats/queue-url.ts'
import { openQueue } from '../../src/queues/open-queue.ts'
import type { Queue } from '../../src/queues/queue.ts'
import { sendMessages } from '../../src/queues/send-messages.ts'
import {
  type ScriptedAnswer,
  type ScriptedRequest,
  startScripted,
} from '../support/scripted-server.ts'

const SWIFT = { ...DEFAULT_RETRY, maxAttempts: 4, firstDelayMs: 1, maxDelayMs: 2 }
const SQS = parseQueueUrl('https://sqs.eu-west-1.amazonaws.com/123456789012/events')
const SNS = parseQueueUrl('sns://arn:aws:sns:eu-west-1:123456789012:events')

async function sendThree(
  url: QueueUrl,
  script: (request: ScriptedRequest) => ScriptedAnswer,
): Promise<{ refused: string[]; requests: readonly ScriptedRequest[]; tookMs: number }> {
  await using server = await startScripted(script)
  const environment = {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: server.url,
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  }
  await using queue: Queue = await openQueue(url, { environment })
  const batch = ['a', 'b', 'c'].map(body => ({ id: body, group: body, body }))
  const signal = AbortSignal.timeout(20_000)
  const startedAt = performance.now()
  const refused = await sendMessages(queue, batch, { signal, retry: SWIFT })
  return {
    refused: refused.map(({ message, reason }) => `${message.body} ${reason}`),
    requests: server.requests,
    tookMs: performance.now() - startedAt,
  }
}

const bodiesOf = ({ body }: ScriptedRequest): string[] =>
  [...body.toString().matchAll(/"MessageBody":"(.)"|Message=(.)/g)].map(
    ([, json, form]) => json ?? form ?? '',
  )

const sqsAnswer = (ids: readonly string[], failed: readonly object[] = []): ScriptedAnswer => ({
  body: JSON.stringify({ Successful: ids.map(Id => ({ Id, MessageId: 'm' })), Failed: failed }),
})

test('SQS: of a batch, what failed goes again alone', async () => {
  const busy = { Id: '1', Code: 'ThrottlingException', SenderFault: false, Message: 'slow down' }
  const { refused, requests } = await sendThree(SQS, ({ number }) =>
    number === 0 ? sqsAnswer(['0', '2'], [busy]) : sqsAnswer(['0']),
  )
  expect(refused).toEqual([])
  expect(requests.map(bodiesOf)).toEqual([['a', 'b', 'c'], ['b']])
})

test('SQS: a message that is refused for good is told, and does not go again', async () => {
  const wrong = { Id: '1', Code: 'InvalidMessageContents', SenderFault: true, Message: 'no' }
  const { refused, requests } = await sendThree(SQS, () => sqsAnswer(['0', '2'], [wrong]))
  expect(refused).toEqual(['b `sqs://events`: InvalidMessageContents: no'])
  expect(requests).toHaveLength(1)
})

test('SQS: where a batch is refused as a whole, its messages go one by one', async () => {
  const { refused, requests } = await sendThree(SQS, request => {
    const bodies = bodiesOf(request)
    if (bodies.length === 1 && bodies[0] !== 'b') return sqsAnswer(['0'])
    const type = 'com.amazonaws.sqs#InvalidParameterValue'
    return { status: 400, body: JSON.stringify({ __type: type, message: 'too long' }) }
  })
  expect(refused).toEqual(['b `sqs://events`: InvalidParameterValue: too long'])
  expect(requests.map(bodiesOf)).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']])
})

test('SQS: a message that the answer passes over goes again', async () => {
  const { requests } = await sendThree(SQS, ({ number }) =>
    sqsAnswer(number === 0 ? ['0', '1'] : ['0']),
  )
  expect(requests.map(bodiesOf)).toEqual([['a', 'b', 'c'], ['c']])
})

test('SNS: of a batch, what failed goes again alone', async () => {
  const member = (id: number): string => `<member><Id>${id}</Id><MessageId>m</MessageId></member>`
  const failed =
    '<member><Id>2</Id><Code>InternalError</Code><Message>oh</Message><SenderFault>false</SenderFault></member>'
  const answer = (accepted: string, rest: string): string =>
    `<PublishBatchResponse><PublishBatchResult><Successful>${accepted}</Successful><Failed>${rest}</Failed></PublishBatchResult></PublishBatchResponse>`
  const { requests } = await sendThree(SNS, ({ number }) => ({
    body: number === 0 ? answer(member(0) + member(1), failed) : answer(member(0), ''),
  }))
  expect(requests.map(bodiesOf)).toEqual([['a', 'b', 'c'], ['c']])
})

test('Retry-After is waited for', async () => {
  const { requests, tookMs } = await sendThree(SQS, ({ number }) =>
    number === 0
      ? { status: 503, headers: { 'retry-after': '1' }, body: 'busy' }
      : sqsAnswer(['0', '1', '2']),
  )
  expect(requests).toHaveLength(2)
  expect(tookMs).toBeGreaterThan(990)
})

test('a key that may not send is an error at once, and of no message', async () => {
  const denied = sendThree(SQS, () => ({
    status: 403,
    body: JSON.stringify({ __type: 'AccessDeniedException', message: 'not you' }),
  }))
  await expect(denied).rejects.toMatchObject({
    code: 'DENIED',
    message: '`sqs://events`: AccessDeniedException: not you',
  })
})
