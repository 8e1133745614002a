import { expect, test } from 'vitest'
import { isQueueUrl, parseQueueUrl, printQueueUrl } from '../../src/formats/queue-url.ts'

test('queues of Amazon, by name and as AWS shows them', () => {
  expect(parseQueueUrl('sqs://events.fifo')).toEqual({ scheme: 'sqs', queue: 'events.fifo' })
  const shown = 'https://sqs.eu-west-1.amazonaws.com/123456789012/events'
  expect(parseQueueUrl(shown)).toEqual({
    scheme: 'sqs',
    queue: 'events',
    url: shown,
    region: 'eu-west-1',
  })
  const arn = 'arn:aws-cn:sns:cn-north-1:123456789012:events'
  expect(parseQueueUrl(`sns://${arn}`)).toEqual({
    scheme: 'sns',
    topic: 'events',
    arn,
    region: 'cn-north-1',
  })
})

test('queues of Azure, by name and as Azure shows them; a signature is not printed', () => {
  expect(parseQueueUrl('azqueue://events')).toEqual({ scheme: 'azqueue', queue: 'events' })
  const url = parseQueueUrl('https://acme.queue.core.windows.net/events?sv=1&sig=secret')
  expect(url).toEqual({
    scheme: 'azqueue',
    queue: 'events',
    account: 'acme',
    endpoint: 'https://acme.queue.core.windows.net',
    sas: 'sv=1&sig=secret',
  })
  expect(printQueueUrl(url)).toBe('azqueue://events')
})

test.each([
  ['sqs://', 'cannot be the name of a queue'],
  ['sqs://events/{date}', 'cannot be the name of a queue'],
  ['sns://events', 'is no ARN of a topic'],
  ['azqueue://Events', 'cannot be the name of a queue'],
  ['azqueue://ab', 'cannot be the name of a queue'],
])('%s %s', (text, message) => {
  expect(isQueueUrl(text)).toBe(true)
  expect(() => parseQueueUrl(text)).toThrow(message)
})

test.each(['s3://bucket/', './events/', 'lake:events/', 'https://acme.blob.core.windows.net/c/'])(
  '%s is of a store',
  text => {
    expect(isQueueUrl(text)).toBe(false)
  },
)
