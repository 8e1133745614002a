import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ByteBudget } from '../../src/core/byte-budget.ts'
import { asFerryError, type Outcome } from '../../src/objects/outcome.ts'
import type { StorePool } from '../../src/objects/store-pool.ts'
import { syncObjects } from '../../src/objects/sync-objects.ts'
import { openStore } from '../../src/stores/open-store.ts'
import {
  assertWhole,
  bytesFrom,
  contentOf,
  type Operation,
  type Trial,
  verifyWritten,
} from './fault-checks.ts'

const QUIET = { debug: () => {}, info: () => {}, warn: () => {} }
const NAMES = ['a', 'b/c d', 'b/é', 'same', 'z']
const EXTRA = 'extra'

/** A folder made the content of a prefix, removals included: what is there afterwards is one or the other. */
export const sync: Operation = {
  name: 'sync',
  weight: 2,
  meets: ['truncate-listing'],
  run: async trial => {
    const { direct, signal, random, folder } = trial
    const prefix = `${folder}synced/`
    const wanted = new Map(NAMES.map(name => [name, bytesFrom(random, 500 + name.length)]))
    const old = bytesFrom(random, 501) // of the size that `a` has
    const stored = { a: old, same: wanted.get('same') ?? old, [EXTRA]: old }
    for (const [name, bytes] of Object.entries(stored)) {
      await direct.put(`${prefix}${name}`, bytes, { signal })
    }
    return {
      attempt: () => syncFolder(trial, prefix, wanted),
      verify: async succeeded => {
        for (const [name, after] of wanted) {
          const before = name === 'a' || name === 'same' ? { before: stored[name] } : {}
          await verifyWritten(trial, `${prefix}${name}`, { ...before, after, succeeded })
        }
        const extra = await contentOf(trial, `${prefix}${EXTRA}`)
        if (succeeded) assert.equal(extra, undefined, 'what was to go is there')
        else if (extra !== undefined) assertWhole(extra, old, EXTRA)
      },
    }
  },
}

/** @throws FerryError the first that an object met */
async function syncFolder(
  trial: Trial,
  prefix: string,
  files: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'ferry-trial-'))
  try {
    for (const [name, bytes] of files) {
      await mkdir(join(root, name, '..'), { recursive: true })
      await writeFile(join(root, name), bytes)
    }
    const outcomes: Outcome[] = []
    await using pool = poolOf(trial)
    await syncObjects({
      source: { scheme: 'file', bucket: root, key: '' },
      // The pool says what store it is; a scheme of its own has only the folder.
      target: { scheme: 's3', bucket: 'trials', key: prefix },
      pool,
      filter: () => true,
      signal: trial.signal,
      jobs: 2,
      copy: { budget: new ByteBudget(10_000_000), parallel: 2 },
      deletes: true,
      readsContent: false,
      dryRun: false,
      record: undefined,
      now: () => Date.now(),
      onFound: () => {},
      onOutcome: outcome => outcomes.push(outcome),
      onSkipped: () => undefined,
    })
    const failed = outcomes.find(({ status }) => status === 'failed')
    if (failed !== undefined) throw asFerryError(failed.error)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

function poolOf({ store }: Trial): StorePool {
  const close = async (): Promise<void> => {}
  return {
    open: async url =>
      url.scheme === 'file' ? openStore(url, { environment: {}, logger: QUIET }) : store,
    close,
    [Symbol.asyncDispose]: close,
  }
}
