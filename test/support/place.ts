import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { openStore } from '../../src/stores/open-store.ts'
import { join } from 'node:path'
import type { ObjectStore } from '../../src/stores/store.ts'
import { type Cloud, CLOUDS } from './cloud.ts'
import { silent } from './silent-logger.ts'

/** Where objects can be: a bucket, or a folder spelled as a URL of a bucket is. */
export type Place = Pick<Cloud, 'url' | 'env' | 'store'> & AsyncDisposable

async function startFolder(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-place-'))
  const url = { scheme: 'file', bucket: folder, key: '' } as const
  return {
    url: `${folder}/`,
    env: {},
    store: await openStore(url, { environment: {}, logger: silent }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** For `describe.for`: every kind of place. */
export const PLACES = [['file', startFolder], ...CLOUDS] as const

/** What is there below a prefix, in the order of a listing. */
export async function keysBelow(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  const found: string[] = []
  for await (const page of store.list({ prefix, signal: AbortSignal.timeout(20_000) })) {
    for (const one of page) if (one.kind === 'object') found.push(one.object.key)
  }
  return found.map(key => key.slice(prefix.length))
}
