import { randomBytes } from 'node:crypto'
import { type AmazonQueuesServer, startAmazonQueues } from '../../servers/amazon-queues.ts'
import { type AzuriteServer, startAzurite } from '../../servers/azurite.ts'
import type { ServiceName } from '../../servers/faults/services.ts'
import { SharedKey } from '../../src/clouds/azure/shared-key.ts'
import { childrenNamed, childText, parseXml } from '../../src/clouds/http/xml.ts'

type Environment = Readonly<Record<string, string>>

/** A queue on a server, and the program at its other end. */
export interface TestQueue {
  readonly url: string
  /** Takes all messages out of it; where it keeps order, in that. */
  receive(): Promise<string[]>
}

export interface QueueService extends AsyncDisposable {
  readonly port: number
  /** For the driver; through another port, where one is given. */
  environment(port?: number): Environment
  /** The same with a key that is none. */
  readonly wrongKey: Environment
  make(): Promise<TestQueue>
  /** A URL of a queue that nobody made. */
  readonly missing: string
}

export interface QueueRow {
  readonly name: ServiceName
  readonly title: string
  readonly keepsOrder: boolean
  readonly start: () => Promise<QueueService>
}

const uniqueName = (): string => `events-${randomBytes(4).toString('hex')}`

export const QUEUES: readonly QueueRow[] = [
  { name: 'sqs', title: 'sqs', keepsOrder: false, start: () => startAmazon(sqsQueue('')) },
  {
    name: 'sqs',
    title: 'sqs, FIFO',
    keepsOrder: true,
    start: () => startAmazon(sqsQueue('.fifo')),
  },
  { name: 'sns', title: 'sns', keepsOrder: false, start: () => startAmazon(snsTopic('')) },
  {
    name: 'sns',
    title: 'sns, FIFO',
    keepsOrder: true,
    start: () => startAmazon(snsTopic('.fifo')),
  },
  { name: 'azure-queue', title: 'azure', keepsOrder: false, start: startAzure },
]

interface AmazonQueues {
  readonly missing: string
  readonly make: (server: AmazonQueuesServer) => Promise<TestQueue>
}

async function startAmazon({ make, missing }: AmazonQueues): Promise<QueueService> {
  const server = await startAmazonQueues()
  return {
    port: server.port,
    environment: (port = server.port) => ({
      ...server.env,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    }),
    wrongKey: { ...server.env, AWS_SECRET_ACCESS_KEY: WRONG_KEY },
    make: () => make(server),
    missing,
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

export const WRONG_KEY = Buffer.from('a key that is none').toString('base64')

function sqsQueue(suffix: '' | '.fifo'): AmazonQueues {
  return {
    missing: `sqs://nobody-made-this${suffix}`,
    async make(server) {
      const name = `${uniqueName()}${suffix}`
      const url = await makeSqs(server, name)
      return { url: `sqs://${name}`, receive: () => drain(server, url) }
    },
  }
}

async function makeSqs(server: AmazonQueuesServer, name: string): Promise<string> {
  const Attributes = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {}
  const { QueueUrl } = await server.askSqs('CreateQueue', { QueueName: name, Attributes })
  return String(QueueUrl)
}

interface Received {
  readonly ReceiptHandle: string
  readonly Body: string
}

async function drain(server: AmazonQueuesServer, QueueUrl: string): Promise<string[]> {
  const bodies: string[] = []
  for (;;) {
    const told = await server.askSqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })
    const messages = (told['Messages'] ?? []) as readonly Received[] // as the API has it
    if (messages.length === 0) return bodies
    bodies.push(...messages.map(({ Body }) => Body))
    const Entries = messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }))
    await server.askSqs('DeleteMessageBatch', { QueueUrl, Entries })
  }
}

/** Read by way of a queue of SQS that has subscribed to it. */
function snsTopic(suffix: '' | '.fifo'): AmazonQueues {
  return {
    missing: `sns://arn:aws:sns:eu-west-1:123456789012:nobody-made-this${suffix}`,
    async make(server) {
      const name = `${uniqueName()}${suffix}`
      const fifo =
        suffix === ''
          ? {}
          : { 'Attributes.entry.1.key': 'FifoTopic', 'Attributes.entry.1.value': 'true' }
      const made = await server.askSns('CreateTopic', { Name: name, ...fifo })
      const arn = /<TopicArn>([^<]+)</.exec(made)?.[1] ?? ''
      const queueUrl = await makeSqs(server, name)
      await server.askSns('Subscribe', {
        TopicArn: arn,
        Protocol: 'sqs',
        Endpoint: arn.replace(':sns:', ':sqs:'),
        'Attributes.entry.1.key': 'RawMessageDelivery',
        'Attributes.entry.1.value': 'true',
      })
      return { url: `sns://${arn}`, receive: () => drain(server, queueUrl) }
    },
  }
}

async function startAzure(): Promise<QueueService> {
  const server = await startAzurite({ service: 'queue' })
  const { connectionString, port, key } = server
  const at = (other: number): Environment => ({
    AZURE_STORAGE_CONNECTION_STRING: connectionString.replace(`:${port}/`, `:${other}/`),
  })
  return {
    port,
    environment: (other = port) => at(other),
    wrongKey: { AZURE_STORAGE_CONNECTION_STRING: connectionString.replace(key, WRONG_KEY) },
    missing: 'azqueue://nobody-made-this',
    async make() {
      const name = uniqueName()
      await askAzure(server, 'PUT', `/${name}`)
      return { url: `azqueue://${name}`, receive: () => drainAzure(server, name) }
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

async function drainAzure(server: AzuriteServer, name: string): Promise<string[]> {
  const bodies: string[] = []
  for (;;) {
    const text = await askAzure(server, 'GET', `/${name}/messages`, { numofmessages: '32' })
    const messages = childrenNamed(parseXml(text.replace(/^\uFEFF/, '')), 'QueueMessage')
    if (messages.length === 0) return bodies
    for (const message of messages) {
      bodies.push(childText(message, 'MessageText') ?? '')
      const path = `/${name}/messages/${childText(message, 'MessageId')}`
      await askAzure(server, 'DELETE', path, { popreceipt: childText(message, 'PopReceipt') ?? '' })
    }
  }
}

async function askAzure(
  { endpoint, account, key }: AzuriteServer,
  method: string,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  const url = new URL(`${endpoint}${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const headers = {
    'x-ms-date': new Date().toUTCString(),
    'x-ms-version': '2023-11-03',
  }
  const signable = { method, path: url.pathname, query, headers }
  const proof = new SharedKey(account, key).authorize(signable)
  const answer = await fetch(url, { method, headers: { ...headers, ...proof.headers } })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`Azurite said ${answer.status}: ${text}`)
  return text
}
