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

export const TOKEN = 'ya29.a-token-that-nobody-may-see'

export interface Scripted extends AsyncDisposable {
  readonly store: ObjectStore
  readonly server: ScriptedServer
}

type Environment = Readonly<Record<string, string | undefined>>

/** A bucket `logs` of Google Cloud Storage at a server that answers by a script. */
export async function scripted(
  script: (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>,
  options: { readonly stallMs?: number; readonly environment?: Environment } = {},
): Promise<Scripted> {
  const server = await startScripted(script)
  const environment = options.environment ?? { CLOUDSDK_AUTH_ACCESS_TOKEN: TOKEN }
  const store = await openGcs(
    { STORAGE_EMULATOR_HOST: server.url, ...environment },
    options.stallMs ?? PATIENCE_MS,
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

export function openGcs(environment: Environment, stallMs = PATIENCE_MS): Promise<ObjectStore> {
  const url = { scheme: 'gs', bucket: 'logs', key: '' } as const
  return openStore(url, { environment, logger: silent, retry: SWIFT, stallMs })
}

export const BYTES = Buffer.from('what is stored')
export const CRC = hexToBase64(crc32cHex(crc32c(BYTES)))
export const UPDATED = '2026-11-25T12:00:00.123Z'

/** An object as the JSON API tells of it. */
export function resource(name: string, more: object = {}): object {
  const size = String(BYTES.length)
  return {
    kind: 'storage#object',
    name,
    size,
    updated: UPDATED,
    generation: '17',
    crc32c: CRC,
    ...more,
  }
}

export function json(content: object, status = 200): ScriptedAnswer {
  const headers = { 'content-type': 'application/json; charset=UTF-8' }
  return { status, headers, body: JSON.stringify(content) }
}

export function failure(code: number, reason: string, message = 'said'): ScriptedAnswer {
  const errors = [{ domain: 'global', reason, message }]
  return json({ error: { code, message, errors } }, code)
}

export function xmlFailure(status: number, code: string): ScriptedAnswer {
  const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>said</Message></Error>`
  return { status, body }
}

/** The head of an object's content, as the XML API has it. */
export function content(
  bytes: Buffer,
  headers: Record<string, string> = {},
): ScriptedAnswer & object {
  return {
    body: bytes,
    headers: {
      'content-type': 'text/plain',
      'last-modified': 'Wed, 25 Nov 2026 12:00:00 GMT',
      'x-goog-generation': '17',
      'x-goog-hash': `crc32c=${CRC}`,
      'x-goog-stored-content-encoding': 'identity',
      'x-goog-stored-content-length': String(bytes.length),
      ...headers,
    },
  }
}
