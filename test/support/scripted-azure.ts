import { hash } from 'node:crypto'
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
const PATIENCE_MS = 10_000
const SWIFT = { maxAttempts: 3, firstDelayMs: 1, maxDelayMs: 2, maxElapsedMs: 10_000 }

export interface ScriptedAzure extends AsyncDisposable {
  readonly store: ObjectStore
  readonly server: ScriptedServer
}

/** A key as the service makes them; it opens nothing. */
export const KEY = Buffer.alloc(64, 'secret of ferry').toString('base64')

/** The container `logs` of the account `acme` at a server that answers by a script. */
export async function scriptedAzure(
  script: (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>,
  { stallMs = PATIENCE_MS, login = `AccountKey=${KEY}` } = {},
): Promise<ScriptedAzure> {
  const server = await startScripted(script)
  const connection = `AccountName=acme;${login};BlobEndpoint=${server.url}/acme`
  const store = await openStore(
    { scheme: 'az', bucket: 'logs', key: '' },
    {
      environment: { AZURE_STORAGE_CONNECTION_STRING: connection },
      logger: silent,
      retry: SWIFT,
      stallMs,
    },
  )
  return {
    store,
    server,
    async [Symbol.asyncDispose]() {
      await store.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

export const BYTES = Buffer.from('what is stored')
export const MD5 = hash('md5', BYTES, 'base64')
const LAST_MODIFIED = 'Wed, 25 Nov 2026 12:00:00 GMT'

/** What the service tells of an object with each answer. */
export function version(etag = '0x1', md5 = MD5): Record<string, string> {
  return { etag: `"${etag}"`, 'last-modified': LAST_MODIFIED, 'content-md5': md5 }
}

/** An object, whole. */
export function blob(etag = '0x1', md5 = MD5): ScriptedAnswer & object {
  return { body: BYTES, headers: version(etag, md5) }
}

export function failure(status: number, code: string, more = ''): ScriptedAnswer & object {
  const body = `\uFEFF<?xml version="1.0"?><Error><Code>${code}</Code><Message>said\nRequestId:1</Message>${more}</Error>`
  return { status, body, headers: { 'x-ms-error-code': code } }
}
