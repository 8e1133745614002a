import assert from 'node:assert/strict'
import { transferObject } from '../../src/stores/transfer-object.ts'
import { writeObject } from '../../src/stores/write-object.ts'
import {
  assertWhole,
  bytesFrom,
  contentOf,
  type Operation,
  readWhole,
  verifyWritten,
} from './fault-checks.ts'
import type { Lane } from './fault-lanes.ts'
import { sync } from './fault-sync.ts'

const PART_BYTES = 5_242_880

const put: Operation = {
  name: 'put',
  weight: 5,
  meets: [],
  run: async trial => {
    const { store, signal, random, folder } = trial
    const key = `${folder}put é+%`
    const after = bytesFrom(random, Math.floor(random() * 100_000))
    return {
      attempt: async () => {
        const info = await store.put(key, after, { signal, metadata: { trial: '1' } })
        assert.equal(info.size, after.length)
      },
      verify: succeeded => verifyWritten(trial, key, { after, succeeded }),
    }
  },
}

const overwrite: Operation = {
  name: 'overwrite',
  weight: 3,
  meets: [],
  run: async trial => {
    const { store, direct, signal, random, folder } = trial
    const key = `${folder}overwritten`
    const [before, after] = [bytesFrom(random, 2_000), bytesFrom(random, 3_000)]
    const { etag } = await direct.put(key, before, { signal })
    const condition = random() < 0.5 ? { etag } : undefined
    return {
      attempt: async () => void (await store.put(key, after, { signal, condition })),
      verify: succeeded => verifyWritten(trial, key, { before, after, succeeded }),
    }
  },
}

const create: Operation = {
  name: 'create',
  weight: 3,
  meets: [],
  run: async trial => {
    const { store, signal, random, folder } = trial
    const key = `${folder}created`
    const after = bytesFrom(random, 1_000)
    return {
      attempt: async () => void (await store.put(key, after, { signal, condition: 'absent' })),
      verify: succeeded => verifyWritten(trial, key, { after, succeeded }),
    }
  },
}

const get: Operation = {
  name: 'get',
  weight: 5,
  meets: ['flip-answer'],
  excuse: 'TRANSFER_CORRUPT',
  run: async ({ store, direct, signal, random, folder }) => {
    const key = `${folder}got`
    const wanted = bytesFrom(random, Math.floor(random() * 300_000))
    await direct.put(key, wanted, { signal })
    return {
      attempt: async () => {
        const object = await store.stat(key, { signal })
        assertWhole(await readWhole(store, object, signal), wanted, key)
      },
      verify: async () => {},
    }
  },
}

const writeParts: Operation = {
  name: 'write in parts',
  weight: 1,
  meets: [],
  run: async trial => {
    const { store, signal, random, folder } = trial
    const key = `${folder}in parts`
    const after = bytesFrom(random, PART_BYTES + Math.floor(random() * PART_BYTES))
    return {
      attempt: async () => {
        const options = { signal, partBytes: PART_BYTES, parallel: 2 }
        const info = await writeObject(store, key, piecesOf(after), options)
        assert.equal(info.size, after.length)
      },
      verify: succeeded => verifyWritten(trial, key, { after, succeeded }),
    }
  },
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000_000) yield bytes.subarray(at, at + 1_000_000)
}

const copy: Operation = {
  name: 'copy',
  weight: 2,
  meets: [],
  run: async trial => {
    const { store, direct, signal, random, folder } = trial
    const [source, key] = [`${folder}source`, `${folder}copy`]
    const after = bytesFrom(random, 10_000)
    const { etag, size } = await direct.put(source, after, { signal })
    return {
      attempt: async () =>
        void (await store.copy({ bucket: 'trials', key: source, etag, size }, key, { signal })),
      verify: async succeeded => {
        await verifyWritten(trial, key, { after, succeeded })
        assertWhole(await contentOf(trial, source), after, source)
      },
    }
  },
}

const remove: Operation = {
  name: 'remove',
  weight: 2,
  meets: [],
  run: async trial => {
    const { store, direct, signal, random, folder } = trial
    const keys = Array.from({ length: 4 }, (_, index) => `${folder}removed/${index}`)
    const content = bytesFrom(random, 100)
    for (const key of [...keys, `${folder}kept`]) await direct.put(key, content, { signal })
    const removed: string[] = []
    return {
      attempt: async () => {
        for (const outcome of await store.remove(keys, { signal })) {
          if (!outcome.removed) throw outcome.error
          removed.push(outcome.key)
        }
        assert.deepEqual(removed, keys)
      },
      verify: async () => {
        for (const key of removed) assert.equal(await contentOf(trial, key), undefined, key)
        assertWhole(await contentOf(trial, `${folder}kept`), content, 'what was not removed')
      },
    }
  },
}

const transfer: Operation = {
  name: 'list and transfer',
  weight: 2,
  meets: ['flip-answer', 'truncate-listing'],
  run: async trial => {
    const { store, direct, signal, random, folder } = trial
    const wanted = new Map<string, Buffer>()
    for (let index = 0; index < 5; index += 1) {
      const key = `${folder}from/${index} ü`
      wanted.set(key, bytesFrom(random, Math.floor(random() * 20_000)))
      await direct.put(key, wanted.get(key) ?? Buffer.alloc(0), { signal })
    }
    const targetOf = (key: string): string => key.replace(`${folder}from/`, `${folder}to/`)
    return {
      attempt: async () => {
        for await (const page of store.list({ prefix: `${folder}from/`, signal })) {
          for (const entry of page) {
            assert.equal(entry.kind, 'object')
            if (entry.kind !== 'object') continue
            const target = { store, key: targetOf(entry.object.key) }
            await transferObject({ store, object: entry.object }, target, { signal })
          }
        }
      },
      verify: async succeeded => {
        for (const [key, after] of wanted) {
          await verifyWritten(trial, targetOf(key), { after, succeeded })
          assertWhole(await contentOf(trial, key), after, key)
        }
      },
    }
  },
}

/** More than a page of names, put there once for all trials (`fillListed`). */
const LISTED = 'listed/'

/** Puts so many objects where the listings of all trials look. */
export async function fillListed({ direct }: Lane, count: number): Promise<void> {
  const signal = AbortSignal.timeout(120_000)
  const keys = listedKeys(count)
  for (let at = 0; at < keys.length; at += 16) {
    const some = keys.slice(at, at + 16)
    await Promise.all(some.map(key => direct.put(key, Buffer.from(key), { signal })))
  }
}

function listedKeys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${LISTED}${String(index).padStart(6, '0')} ü`)
}

function list(count: number): Operation {
  return {
    name: 'list',
    weight: 3,
    meets: ['truncate-listing'],
    run: async ({ store, signal }) => ({
      attempt: async () => {
        const found: string[] = []
        for await (const page of store.list({ prefix: LISTED, signal })) {
          for (const entry of page) found.push(entry.kind === 'object' ? entry.object.key : '?')
        }
        assert.deepEqual(found, listedKeys(count))
      },
      verify: async () => {},
    }),
  }
}

/** All operations; a listing finds what `fillListed` has put there. */
export function operations(listed: number): readonly Operation[] {
  return [put, overwrite, create, get, writeParts, copy, remove, transfer, sync, list(listed)]
}
