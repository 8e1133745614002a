import { type AwsAnswer, AwsClient } from '../../../clouds/aws/service-client.ts'
import { childrenNamed, childText, parseXml, type XmlElement } from '../../../clouds/http/xml.ts'
import type { Queue, QueueMessage } from '../../queue.ts'
import type { DriverOptions } from '../../queue-options.ts'
import { type AmazonFailure, bareCode } from '../amazon/errors.ts'
import { type BatchAnswer, BATCH_LIMITS, sendBatch } from '../amazon/send-batch.ts'

/** A topic of Amazon SNS, by its query protocol. A FIFO topic keeps the order of a group. */
export async function open({ url, name, ...options }: DriverOptions): Promise<Queue> {
  if (url.scheme !== 'sns') throw new TypeError('not a topic of SNS')
  const { arn, topic, region } = url
  const client = await AwsClient.open({ id: 'sns', name: 'SNS' }, { ...options, region })
  const isFifo = topic.endsWith('.fifo')
  const close = (): Promise<void> => client.close()
  return {
    name,
    capabilities: {
      ...BATCH_LIMITS,
      order: isFifo ? 'group' : 'none',
      deduplicates: isFifo,
    },
    sizeOf: body => Buffer.byteLength(body),
    send: (batch, { signal }) =>
      sendBatch(
        { client, name, request: one => request(one, arn, isFifo), readFailure, readBatch },
        batch,
        signal,
      ),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function request(
  batch: readonly QueueMessage[],
  arn: string,
  isFifo: boolean,
): { headers: Readonly<Record<string, string>>; body: string } {
  const form = new URLSearchParams({
    Action: 'PublishBatch',
    Version: '2010-03-31',
    TopicArn: arn,
  })
  for (const [at, { id, group, body }] of batch.entries()) {
    const entry = `PublishBatchRequestEntries.member.${at + 1}`
    form.set(`${entry}.Id`, String(at))
    form.set(`${entry}.Message`, body)
    if (!isFifo) continue
    form.set(`${entry}.MessageGroupId`, group)
    form.set(`${entry}.MessageDeduplicationId`, id)
  }
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: form.toString(),
  }
}

function readFailure({ text }: AwsAnswer): AmazonFailure {
  try {
    const root = parseXml(text)
    const error = childrenNamed(root, 'Error')[0] ?? root
    return {
      code: bareCode(childText(error, 'Code') ?? ''),
      message: childText(error, 'Message') ?? '',
    }
  } catch {
    return { code: '', message: '' } // a proxy's page, say: its status is all that it tells
  }
}

function readBatch(text: string): BatchAnswer {
  const result = childrenNamed(parseXml(text), 'PublishBatchResult')[0]
  if (result === undefined) throw new SyntaxError('no PublishBatchResult')
  return {
    accepted: membersOf(result, 'Successful').map(one => childText(one, 'Id') ?? ''),
    failed: membersOf(result, 'Failed').map(one => ({
      id: childText(one, 'Id') ?? '',
      code: bareCode(childText(one, 'Code') ?? ''),
      message: childText(one, 'Message') ?? '',
    })),
  }
}

function membersOf(result: XmlElement, list: string): readonly XmlElement[] {
  return childrenNamed(result, list).flatMap(one => childrenNamed(one, 'member'))
}
