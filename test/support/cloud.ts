import { randomBytes } from 'node:crypto'
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AzuriteServer, startAzurite } from '../../servers/azurite.ts'
import { startGcs } from '../../servers/gcs.ts'
import { startS3 } from '../../servers/s3.ts'
import { createTextLogger } from '../../src/core/logger.ts'
import { parseObjectUrl } from '../../src/formats/object-url.ts'
import { openStore } from '../../src/stores/open-store.ts'
import type { ObjectStore } from '../../src/stores/store.ts'

type Environment = Readonly<Record<string, string>>

/** A server of a cloud, with a bucket on it. */
export interface Cloud extends AsyncDisposable {
  /** `s3://bucket-1a2b3c4d/`; ends in `/`. */
  readonly url: string
  readonly port: number
  /** For `ferry`. */
  readonly env: Environment
  readonly readOnlyEnv: Environment
  /** What of both environments no output may show. */
  readonly secrets: readonly string[]
  /** The environment with the server at another address. */
  at(endpoint: string): Environment
  /** The bucket, for what no command would do. */
  readonly store: ObjectStore
}

type Server = Pick<Cloud, 'port' | 'env' | 'readOnlyEnv' | 'secrets' | 'at'> & {
  stop(): Promise<unknown>
}

async function startCloud(scheme: string, start: () => Promise<Server>): Promise<Cloud> {
  const server = await start()
  const url = `${scheme}://bucket-${randomBytes(4).toString('hex')}/`
  const logger = createTextLogger(process.stderr, false)
  const store = await openStore(parseObjectUrl(url, '/'), { environment: server.env, logger })
  await store.bucket.create({ signal: AbortSignal.timeout(20_000) })
  return {
    ...server,
    url,
    store,
    async [Symbol.asyncDispose]() {
      await store.close()
      await server.stop()
    },
  }
}

/** Debian's moto behind a gate. */
export function startS3Cloud(): Promise<Cloud> {
  return startCloud('s3', async () => {
    const server = await startS3()
    const { env, readOnlyEnv } = server
    return {
      env: { ...env },
      readOnlyEnv: { ...readOnlyEnv },
      secrets: [env.AWS_SECRET_ACCESS_KEY, readOnlyEnv.AWS_SECRET_ACCESS_KEY],
      at: endpoint => ({ ...env, AWS_ENDPOINT_URL: endpoint }),
      port: server.port,
      stop: () => server.stop(),
    }
  })
}

/** Azurite. */
export function startAzureCloud(): Promise<Cloud> {
  return startCloud('az', async () => {
    const server = await startAzurite()
    const { endpoint, env, account, key, connectionString } = server
    const signature = readSignature(server)
    return {
      env,
      readOnlyEnv: {
        AZURE_STORAGE_ACCOUNT: account,
        AZURE_STORAGE_SERVICE_ENDPOINT: endpoint,
        AZURE_STORAGE_SAS_TOKEN: signature,
      },
      secrets: [key, new URLSearchParams(signature).get('sig') ?? signature],
      at: other => ({
        AZURE_STORAGE_CONNECTION_STRING: connectionString.replace(endpoint, `${other}/${account}`),
      }),
      port: server.port,
      stop: () => server.stop(),
    }
  })
}

function readSignature({ account, key }: AzuriteServer): string {
  return generateAccountSASQueryParameters(
    {
      permissions: AccountSASPermissions.parse('rl'),
      services: AccountSASServices.parse('b').toString(),
      resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
      expiresOn: new Date(Date.now() + 86_400_000),
    },
    new StorageSharedKeyCredential(account, key),
  ).toString()
}

/** The server of our own that stands in for Google Cloud Storage. */
export function startGcsCloud(): Promise<Cloud> {
  return startCloud('gs', async () => {
    const server = await startGcs()
    const { endpoint, serviceAccount, readOnlyToken } = server
    const folder = await mkdtemp(join(tmpdir(), 'ferry-cloud-'))
    const key = join(folder, 'account.json')
    await writeFile(key, serviceAccount) // a key, since URLs cannot be signed by a token
    const at = (other: string): Environment => ({
      STORAGE_EMULATOR_HOST: other,
      GOOGLE_APPLICATION_CREDENTIALS: key,
    })
    return {
      env: at(endpoint),
      readOnlyEnv: { STORAGE_EMULATOR_HOST: endpoint, CLOUDSDK_AUTH_ACCESS_TOKEN: readOnlyToken },
      secrets: [readOnlyToken],
      at,
      port: server.port,
      async stop() {
        await server.stop()
        await rm(folder, { recursive: true })
      },
    }
  })
}

/** For `describe.for`: every cloud, and how its server is started. */
export const CLOUDS = [
  ['s3', startS3Cloud],
  ['azure', startAzureCloud],
  ['gcs', startGcsCloud],
] as const
