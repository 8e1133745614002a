import type { ListEntry, ObjectStore } from '../../src/stores/store.ts'

type Pages = (prefix: string) => AsyncIterable<readonly ListEntry[]>

/** A service that can only list: for what would be too much, or too strange, for a server. */
export function listingStore(service: string, pages: Pages): ObjectStore {
  const refuse = async (): Promise<never> => {
    throw new Error(`${service} only lists`)
  }
  const parts = async function* (): AsyncGenerator<never> {
    yield await refuse()
  }
  return {
    service,
    capabilities: {
      keys: 'any',
      maxKeyBytes: 1_024,
      metadata: true,
      storageClasses: [],
      wholeChecksum: 'none',
      maxPutBytes: 1,
      minPartBytes: 1,
      maxPartBytes: 1,
      maxParts: 1,
      uploadsOfOneKey: 'separate',
      maxRemoveKeys: 1_000,
      presign: false,
      implicitBucket: false,
      isLocal: false,
    },
    list: ({ prefix }) => pages(prefix),
    stat: refuse,
    read: refuse,
    put: refuse,
    copy: refuse,
    remove: refuse,
    presign: refuse,
    uploads: { start: refuse, putPart: refuse, parts, complete: refuse, abort: refuse },
    bucket: { create: refuse, remove: refuse, exists: async () => true, names: parts },
    close: async () => undefined,
    async [Symbol.asyncDispose]() {},
  }
}
