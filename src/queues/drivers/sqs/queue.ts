import * as z from 'zod'
import { jsonIfWhole } from '../../../core/json-if-whole.ts'
import { type AwsAnswer, AwsClient } from '../../../clouds/aws/service-client.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import type { Queue, QueueMessage } from '../../queue.ts'
import type { DriverOptions } from '../../queue-options.ts'
import { type AmazonFailure, amazonError, bareCode, brokenAnswer } from '../amazon/errors.ts'
import { type BatchAnswer, BATCH_LIMITS, postTo, sendBatch } from '../amazon/send-batch.ts'

/** A queue of Amazon SQS, by its JSON protocol. A FIFO queue keeps the order of a group. */
export async function open({ url, name, ...options }: DriverOptions): Promise<Queue> {
  if (url.scheme !== 'sqs') throw new TypeError('not a queue of SQS')
  const client = await AwsClient.open(
    { id: 'sqs', name: 'SQS' },
    { ...options, region: url.region },
  )
  const isFifo = url.queue.endsWith('.fifo')
  let queueUrl = url.url
  const close = (): Promise<void> => client.close()
  return {
    name,
    capabilities: {
      ...BATCH_LIMITS,
      order: isFifo ? 'group' : 'none',
      deduplicates: isFifo,
    },
    sizeOf: body => Buffer.byteLength(body),
    async send(batch, { signal }) {
      const known = (queueUrl ??= await findUrl({ client, name, queue: url.queue }, signal))
      return sendBatch(
        { client, name, request: one => request(one, known, isFifo), readFailure, readBatch },
        batch,
        signal,
      )
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function findUrl(
  { client, name, queue }: { client: AwsClient; name: string; queue: string },
  signal: AbortSignal,
): Promise<string> {
  const body = JSON.stringify({ QueueName: queue })
  const answer = await postTo({ client, name }, { headers: headersOf('GetQueueUrl'), body, signal })
  if (answer.status !== 200) throw amazonError({ ...readFailure(answer), answer }, name)
  const told = FOUND.safeParse(jsonIfWhole(answer.text))
  if (!told.success) throw brokenAnswer(name, 'it names no queue', told.error)
  return told.data.QueueUrl
}

const FOUND = z.object({ QueueUrl: z.string().min(1) })

function headersOf(action: string): Readonly<Record<string, string>> {
  return { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` }
}

function request(
  batch: readonly QueueMessage[],
  queueUrl: string,
  isFifo: boolean,
): { headers: Readonly<Record<string, string>>; body: string } {
  const entries = batch.map(({ id, group, body }, at) => ({
    Id: String(at),
    MessageBody: body,
    ...(isFifo ? { MessageGroupId: group, MessageDeduplicationId: id } : {}),
  }))
  return {
    headers: headersOf('SendMessageBatch'),
    body: JSON.stringify({ QueueUrl: queueUrl, Entries: entries }),
  }
}

const FAILURE = z.object({
  __type: z.string().default(''),
  message: z.string().optional(),
  Message: z.string().optional(),
})

function readFailure({ text, headers }: AwsAnswer): AmazonFailure {
  const told = FAILURE.safeParse(jsonIfWhole(text))
  const code = told.success && told.data.__type !== '' ? told.data.__type : undefined
  return {
    code: bareCode(code ?? textHeader(headers, 'x-amzn-query-error') ?? ''),
    message: (told.success ? (told.data.message ?? told.data.Message) : undefined) ?? '',
  }
}

const BATCH = z.object({
  Successful: z.array(z.object({ Id: z.string() })).default([]),
  Failed: z
    .array(z.object({ Id: z.string(), Code: z.string(), Message: z.string().default('') }))
    .default([]),
})

function readBatch(text: string): BatchAnswer {
  const { Successful, Failed } = BATCH.parse(jsonIfWhole(text))
  return {
    accepted: Successful.map(({ Id }) => Id),
    failed: Failed.map(({ Id, Code, Message }) => ({
      id: Id,
      code: bareCode(Code),
      message: Message,
    })),
  }
}
