import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ObjectUrl } from '../../src/formats/object-url.ts'
import type { Outcome } from '../../src/objects/outcome.ts'
import type { SyncSide } from '../../src/objects/sync-plan.ts'
import { removeExtra } from '../../src/objects/sync-removals.ts'
import { openStore } from '../../src/stores/open-store.ts'

const LOGGER = { debug: () => {}, info: () => {}, warn: () => {} }

async function side(folder: string, names: readonly string[]): Promise<SyncSide> {
  await mkdir(folder)
  for (const name of names) await writeFile(join(folder, name), name)
  const url: ObjectUrl = { scheme: 'file', bucket: folder, key: '' }
  return { url, store: await openStore(url, { environment: {}, logger: LOGGER }) }
}

test.each([
  ['what only the target has is removed', ['a', 'b'], 1, ['a', 'b']],
  ['a source that was emptied since the first look takes nothing along', [], 1, ['a', 'b', 'c']],
  ['a source that lost one since then takes nothing along', ['a'], 1, ['a', 'b', 'c']],
])('%s', async (_, kept, extra, left) => {
  const root = await mkdtemp(join(tmpdir(), 'ferry-removals-'))
  try {
    const source = await side(join(root, 'source'), kept)
    const target = await side(join(root, 'target'), ['a', 'b', 'c'])
    const outcomes: Outcome[] = []
    await removeExtra(
      {
        source: source.url,
        target: target.url,
        filter: () => true,
        signal: AbortSignal.timeout(10_000),
        dryRun: false,
        extra,
        onOutcome: outcome => outcomes.push(outcome),
      },
      { source, target },
    )
    expect((await readdir(join(root, 'target'))).sort()).toEqual(left)
    const codes = outcomes.map(({ status, error }) => error?.code ?? status)
    expect(codes).toEqual(left.length === 3 ? ['SOURCE_CHANGED'] : ['done'])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
