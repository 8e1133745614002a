import { randomBytes } from 'node:crypto'
import { startS3 } from '../../servers/s3.ts'
import { createTextLogger } from '../../src/core/logger.ts'
import { parseObjectUrl } from '../../src/formats/object-url.ts'
import { openStore } from '../../src/stores/open-store.ts'
import type { ObjectStore } from '../../src/stores/store.ts'

/** A server of a cloud, with a bucket on it. */
export interface Cloud extends AsyncDisposable {
  /** `s3://bucket/`. */
  readonly url: string
  readonly port: number
  /** For `ferry`. */
  readonly env: Readonly<Record<string, string>>
  readonly readOnlyEnv: Readonly<Record<string, string>>
  /** The environment with the server at another address. */
  at(endpoint: string): Readonly<Record<string, string>>
  /** The bucket, for what no command would do. */
  readonly store: ObjectStore
}

export async function startS3Cloud(): Promise<Cloud> {
  const server = await startS3()
  const url = `s3://bucket-${randomBytes(4).toString('hex')}/`
  const env = { ...server.env }
  const logger = createTextLogger(process.stderr, false)
  const store = await openStore(parseObjectUrl(url, '/'), { environment: env, logger })
  await store.bucket.create({ signal: AbortSignal.timeout(20_000) })
  return {
    url,
    port: server.port,
    env,
    readOnlyEnv: { ...server.readOnlyEnv },
    at: endpoint => ({ ...env, AWS_ENDPOINT_URL: endpoint }),
    store,
    async [Symbol.asyncDispose]() {
      await store.close()
      await server.stop()
    },
  }
}
