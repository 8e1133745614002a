/**
 * A sync of two services that list a million objects each and agree on all, in a process of its own:
 * `node sync-million.ts COUNT STATE`. Prints its peak memory in MB.
 */
import { join } from 'node:path'
import { ByteBudget } from '../../src/core/byte-budget.ts'
import { keepHeapSmall } from '../../src/objects/small-heap.ts'
import { syncObjects } from '../../src/objects/sync-objects.ts'
import { SyncRecord } from '../../src/objects/sync-record.ts'
import type { ListEntry, ObjectStore } from '../../src/stores/store.ts'
import { listingStore } from './listing-store.ts'

keepHeapSmall()
const [, , count = '1000000', state = '.'] = process.argv
const PAGE = 1_000
const modifiedAt = new Date('2026-03-01T00:00:00Z')

async function* pages(service: string): AsyncGenerator<readonly ListEntry[]> {
  for (let at = 0; at < Number(count); at += PAGE) {
    yield Array.from({ length: PAGE }, (_, index) => {
      const number = String(at + index).padStart(9, '0')
      const key = `logs/2026-03-01/part-${number}.csv.gz`
      const object = { key, size: 10_240, modifiedAt, etag: `${service}-${number}`, checksums: {} }
      return { kind: 'object', object } as const
    })
  }
}

const stores = new Map<string, ObjectStore>(
  ['from', 'to'].map(name => [name, listingStore(name, () => pages(name))]),
)
using record = new SyncRecord(join(state, 'sync.sqlite'), 'from to', { forgets: true })
if (process.argv[4] === 'fill') {
  for await (const page of pages('')) {
    for (const entry of page) {
      if (entry.kind !== 'object') continue
      const { key, etag } = entry.object
      record.note(key, `from${etag}`, `to${etag}`)
    }
  }
}
let unchanged = 0
let others = 0
const started = process.cpuUsage()
await syncObjects({
  source: { scheme: 's3', bucket: 'from', key: '' },
  target: { scheme: 's3', bucket: 'to', key: '' },
  pool: {
    open: async ({ bucket }) => stores.get(bucket) ?? Promise.reject(new Error(bucket)),
    close: async () => undefined,
    async [Symbol.asyncDispose]() {},
  },
  filter: () => true,
  signal: new AbortController().signal,
  jobs: 16,
  copy: { budget: new ByteBudget(1), parallel: 1 },
  deletes: true,
  readsContent: false,
  dryRun: true,
  record,
  now: () => Date.now(),
  onOutcome: () => void others++,
  onSkipped: () => void unchanged++,
  onFound: () => {},
})
const { user } = process.cpuUsage(started)
const memoryMb = Math.round(process.resourceUsage().maxRSS / 1_024)
process.stdout.write(`${JSON.stringify({ unchanged, others, memoryMb, userS: user / 1e6 })}\n`)
