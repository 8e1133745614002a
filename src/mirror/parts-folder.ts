import { rm } from 'node:fs/promises'
import { asLocalIoError } from '../core/errors.ts'
import type { PartsPlace } from './open-part.ts'

/** Most keys that every store removes at once. */
const REMOVED_AT_ONCE = 250

/** The folder of a table's parts: of one delivery, and of nothing else. */
export interface PartsFolder {
  readonly place: PartsPlace
  /** Removes the parts whose names begin so, half ones too: `''` for all of them. */
  sweep(prefix: string): Promise<void>
}

export function partsFolder(place: PartsPlace): PartsFolder {
  const { store, folder, signal } = place
  return {
    place,
    async sweep(prefix) {
      // What a killed process had not finished has names that no listing shows.
      if (folder.scheme === 'file' && prefix === '') return await removeFolder(folder.bucket)
      const keys: string[] = []
      if (!(await store.bucket.exists({ signal }))) return // nothing was written yet
      for await (const page of store.list({ prefix: `${folder.key}${prefix}`, signal })) {
        for (const entry of page) if (entry.kind === 'object') keys.push(entry.object.key)
      }
      while (keys.length > 0) {
        const outcomes = await store.remove(keys.splice(0, REMOVED_AT_ONCE), { signal })
        for (const outcome of outcomes) if (!outcome.removed) throw outcome.error
      }
    },
  }
}

async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}
