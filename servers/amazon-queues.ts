/**
 * Amazon SNS and SQS: Debian's moto behind a gate of our own (amazon-queues/gate.ts), which verifies
 * signatures. Everything is in memory and gone after `stop`.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startHttpServer } from './http-server.ts'
import { findMoto } from './moto-package.ts'
import type { Verifier } from './s3/signature.ts'

export interface AmazonQueuesServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, of both services. */
  readonly endpoint: string
  readonly port: number
  readonly region: string
  /** For programs that read AWS_ACCESS_KEY_ID and friends. */
  readonly env: {
    readonly AWS_ACCESS_KEY_ID: string
    readonly AWS_SECRET_ACCESS_KEY: string
    readonly AWS_ENDPOINT_URL: string
    readonly AWS_REGION: string
  }
  /** Asks SQS something beside the gate; returns its answer. @throws Error with what it says */
  askSqs(action: string, input: object): Promise<Record<string, unknown>>
  /** The same of SNS, whose answer is XML. */
  askSns(action: string, input: Readonly<Record<string, string>>): Promise<string>
  stop(): Promise<void>
}

const REGION = 'eu-west-1'

/** Resolves when the server answers. @throws Error with the end of its log when it does not */
export async function startAmazonQueues(): Promise<AmazonQueuesServer> {
  const { python, modules } = await findMoto()
  const moto = await startHttpServer(
    'moto',
    port => [python, fileOf('s3/serve-moto.py'), String(port), 'sns', 'sqs'],
    { PYTHONPATH: modules },
  )
  const identity = {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    readOnly: false,
  }
  const verifier: Verifier = {
    identities: [identity],
    region: REGION,
    services: ['sns', 'sqs'],
    clockOffsetMs: 0,
  }
  const gate = await startHttpServer(
    'amazon-queues-gate',
    port => [process.execPath, fileOf('amazon-queues/main.ts'), String(port), String(moto.port)],
    { FERRY_QUEUES_GATE: JSON.stringify(verifier) },
  )
  const endpoint = `http://127.0.0.1:${gate.port}`
  const stop = async (): Promise<void> => void (await Promise.all([gate.stop(), moto.stop()]))
  return {
    endpoint,
    port: gate.port,
    region: REGION,
    env: {
      AWS_ACCESS_KEY_ID: identity.accessKeyId,
      AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: REGION,
    },
    askSqs: async (action, input) => {
      const type = 'application/x-amz-json-1.0'
      const headers = { 'content-type': type, 'x-amz-target': `AmazonSQS.${action}` }
      const text = await askMoto(moto.port, 'sqs', headers, JSON.stringify(input))
      return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) // an object, always
    },
    askSns: (action, input) => {
      const form = new URLSearchParams({ Action: action, Version: '2010-03-31', ...input })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return askMoto(moto.port, 'sns', headers, form.toString())
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function askMoto(
  port: number,
  service: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request`
  const url = `http://127.0.0.1:${port}/`
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, authorization }, body })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`moto said ${answer.status}: ${text}`)
  return text
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}
