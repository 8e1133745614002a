import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAzurite } from '../../servers/azurite.ts'
import { startGcs } from '../../servers/gcs.ts'
import { startS3 } from '../../servers/s3.ts'
import type { ObjectUrl } from '../../src/formats/object-url.ts'
import { openStore } from '../../src/stores/open-store.ts'
import type { ObjectStore } from '../../src/stores/store.ts'

/** A service with nothing in it, and how a bucket of it is opened. */
export interface Service extends AsyncDisposable {
  open(bucket: string): Promise<ObjectStore>
  /** As a URL has it: for files, the path of the folder. */
  bucketOf(name: string): string
}

/** A driver, the server that it is tried on, and what that server does otherwise than the service. */
export interface DriverRow {
  readonly name: string
  readonly server: string
  /** A thousand more objects than a page of a listing holds; a folder has no pages. */
  readonly manyObjects: number
  /** Names that the server, not the driver, cannot take; each must still be refused with an error. */
  readonly refusedKeys: readonly string[]
  readonly start: () => Promise<Service>
}

const LOGGER = { debug: () => {}, info: () => {}, warn: () => {} }

function serviceOf(
  scheme: ObjectUrl['scheme'],
  environment: Readonly<Record<string, string | undefined>>,
  end: () => Promise<unknown>,
): Service {
  return {
    open: bucket => openStore({ scheme, bucket, key: '' }, { environment, logger: LOGGER }),
    bucketOf: name => name,
    async [Symbol.asyncDispose]() {
      await end()
    },
  }
}

/** By the name of the driver, so that each has a file of tests of its own and they run side by side. */
export const DRIVERS = {
  file: {
    name: 'file',
    server: 'a folder',
    manyObjects: 2_000,
    refusedKeys: [],
    async start() {
      const root = await mkdtemp(join(tmpdir(), 'ferry-contract-'))
      const open = (bucket: string): Promise<ObjectStore> =>
        openStore(
          { scheme: 'file', bucket: join(root, bucket), key: '' },
          { environment: {}, logger: LOGGER },
        )
      const bucketOf = (name: string): string => join(root, name)
      return {
        open,
        bucketOf,
        [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
      }
    },
  },
  s3: {
    name: 's3',
    server: 'moto behind a gate',
    manyObjects: 2_000,
    refusedKeys: ['line\nbreak'],
    async start() {
      const server = await startS3()
      return serviceOf('s3', { ...server.env }, () => server.stop())
    },
  },
  azure: {
    name: 'azure',
    server: 'Azurite',
    manyObjects: 6_000,
    // The service drops dots at an end, and takes a backslash for a slash.
    refusedKeys: [
      'a\\b.csv',
      'a\tb.csv',
      'line\nbreak',
      'bell\u0007.csv',
      'a/./b.csv',
      'a/../b.csv',
      '../../etc/passwd',
    ],
    async start() {
      const server = await startAzurite()
      return serviceOf('az', { ...server.env }, () => server.stop())
    },
  },
  gcs: {
    name: 'gcs',
    server: 'a server of our own',
    manyObjects: 2_000,
    refusedKeys: ['line\nbreak'],
    async start() {
      const server = await startGcs()
      const folder = await mkdtemp(join(tmpdir(), 'ferry-contract-'))
      const account = join(folder, 'account.json')
      await writeFile(account, server.serviceAccount)
      const environment = {
        STORAGE_EMULATOR_HOST: server.endpoint,
        GOOGLE_APPLICATION_CREDENTIALS: account, // to sign URLs takes a key
      }
      return serviceOf('gs', environment, async () => {
        await server.stop()
        await rm(folder, { recursive: true })
      })
    },
  },
} as const satisfies Record<string, DriverRow>
