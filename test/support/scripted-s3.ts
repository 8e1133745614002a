import { crc32c } from '@node-rs/crc32'
import { crc32cHex, hexToBase64 } from '../../src/formats/checksum.ts'
import { openStore } from '../../src/stores/open-store.ts'
import type { ObjectStore } from '../../src/stores/store.ts'
import {
  type ScriptedAnswer,
  type ScriptedRequest,
  type ScriptedServer,
  startScripted,
} from './scripted-server.ts'
import { silent } from './silent-logger.ts'

/** Long enough for a machine that is busy with other tests. */
export const PATIENCE_MS = 10_000
export const STALL_MS = 200
const SWIFT = { maxAttempts: 3, firstDelayMs: 1, maxDelayMs: 2, maxElapsedMs: 10_000 }

export interface Scripted extends AsyncDisposable {
  readonly store: ObjectStore
  readonly server: ScriptedServer
}

/** A bucket `logs` of S3 at a server that answers by a script. */
export async function scripted(
  script: (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>,
  stallMs = PATIENCE_MS,
): Promise<Scripted> {
  const server = await startScripted(script)
  const store = await openScripted(server.url, stallMs)
  return {
    store,
    server,
    async [Symbol.asyncDispose]() {
      await store.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

export function openScripted(endpoint: string, stallMs: number): Promise<ObjectStore> {
  const environment = {
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: '/nowhere',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
  }
  const url = { scheme: 's3', bucket: 'logs', key: '' } as const
  return openStore(url, { environment, logger: silent, retry: SWIFT, stallMs })
}

export const BYTES = Buffer.from('what is stored')
export const CRC = hexToBase64(crc32cHex(crc32c(BYTES)))
export const LAST_MODIFIED = 'Wed, 25 Nov 2026 12:00:00 GMT'

/** An object as S3 tells of it. */
export function told(bytes: Buffer, headers: Record<string, string> = {}): ScriptedAnswer & object {
  const etag = '"0123456789abcdef0123456789abcdef-1"'
  return { body: bytes, headers: { etag, 'last-modified': LAST_MODIFIED, ...headers } }
}

export function failure(status: number, code: string, more = ''): ScriptedAnswer {
  return { status, body: `<Error><Code>${code}</Code><Message>said</Message>${more}</Error>` }
}

export async function readAll(store: ObjectStore, key: string): Promise<Buffer> {
  const { body } = await store.read(key, { signal: new AbortController().signal })
  return Buffer.concat(await Array.fromAsync(body))
}
