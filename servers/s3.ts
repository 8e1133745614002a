/**
 * An S3 server: Debian's moto behind a gate of our own (s3/gate.ts), which verifies signatures,
 * checksums and conditions as Amazon S3 does. Everything is in memory and gone after `stop`.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startHttpServer } from './http-server.ts'
import { findMoto } from './moto-package.ts'
import type { Identity, Verifier } from './s3/signature.ts'

export interface S3Options {
  /** How far the server's clock is ahead. */
  readonly clockOffsetMs?: number
}

export interface S3Credentials {
  readonly AWS_ACCESS_KEY_ID: string
  readonly AWS_SECRET_ACCESS_KEY: string
  readonly AWS_ENDPOINT_URL: string
  readonly AWS_REGION: string
}

export interface S3Server extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; buckets are in the path. */
  readonly endpoint: string
  readonly port: number
  readonly region: string
  /** For programs that read AWS_ACCESS_KEY_ID and friends. */
  readonly env: S3Credentials
  /** The same of one who may read only. */
  readonly readOnlyEnv: S3Credentials
  /** Of the gate and of moto. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

const REGION = 'us-east-1'

/** Resolves when the server answers. @throws Error with the end of its log when it does not */
export async function startS3(options: S3Options = {}): Promise<S3Server> {
  const { python, modules } = await findMoto()
  const moto = await startHttpServer(
    'moto',
    port => [python, fileOf('serve-moto.py'), String(port), 's3'],
    {
      PYTHONPATH: modules,
    },
  )
  const writer = makeIdentity(false)
  const reader = makeIdentity(true)
  const verifier: Verifier = {
    identities: [writer, reader],
    region: REGION,
    clockOffsetMs: options.clockOffsetMs ?? 0,
  }
  const main = fileOf('main.ts')
  const gate = await startHttpServer(
    's3-gate',
    port => [process.execPath, main, String(port), String(moto.port)],
    { FERRY_S3_GATE: JSON.stringify(verifier) },
  )
  const endpoint = `http://127.0.0.1:${gate.port}`
  const stop = async (): Promise<void> => void (await Promise.all([gate.stop(), moto.stop()]))
  return {
    endpoint,
    port: gate.port,
    region: REGION,
    env: credentialsOf(writer, endpoint),
    readOnlyEnv: credentialsOf(reader, endpoint),
    pids: [gate.pid, moto.pid],
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`s3/${name}`, import.meta.url))
}

function makeIdentity(readOnly: boolean): Identity {
  return {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    readOnly,
  }
}

function credentialsOf(identity: Identity, endpoint: string): S3Credentials {
  return {
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
  }
}
