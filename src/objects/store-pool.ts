import type { ObjectUrl } from '../formats/object-url.ts'
import { openStore } from '../stores/open-store.ts'
import type { ObjectStore } from '../stores/store.ts'
import type { StoreOptions } from '../stores/store-options.ts'

/** Opens each bucket once, however many URLs of a command lie in it. */
export interface StorePool extends AsyncDisposable {
  open(url: ObjectUrl): Promise<ObjectStore>
  close(): Promise<void>
}

export function createStorePool(options: StoreOptions): StorePool {
  const opened = new Map<string, Promise<ObjectStore>>()
  const close = async (): Promise<void> => {
    const stores = await Promise.allSettled(opened.values())
    opened.clear()
    for (const store of stores) if (store.status === 'fulfilled') await store.value.close()
  }
  return {
    open(url) {
      const { scheme, bucket, account, endpoint, sas } = url
      const name = JSON.stringify([scheme, bucket, account, endpoint, sas])
      const known = opened.get(name) ?? openStore(url, options)
      opened.set(name, known)
      return known
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
