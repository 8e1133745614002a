import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { parseManifest } from '../../src/formats/manifest.ts'
import { parseObjectUrl } from '../../src/formats/object-url.ts'
import { PartSource } from '../../src/loader/open-part.ts'
import { stagedCount, stagedFiles, stageParts } from '../../src/loader/stage.ts'
import { readObject } from '../../src/stores/read-object.ts'
import { keysBelow, PLACES } from '../support/place.ts'
import { silent } from '../support/silent-logger.ts'
import { column } from './deliver.ts'

const PREFIX = 'ferry-load/shop.users/d1/'
const TEXTS = ['id\n1\n2\n', 'id\n3\n']

describe.for(PLACES)('staging in %s', ([, start]) => {
  test('parts and their manifest are there while they are loaded, and gone afterwards', async () => {
    await using place = await start()
    const folder = await mkdtemp(join(tmpdir(), 'ferry-stage-'))
    const signal = AbortSignal.timeout(30_000)
    try {
      await using source = new PartSource({
        directory: folder,
        environment: place.env,
        signal,
        logger: silent,
      })
      const files = await Promise.all(
        TEXTS.map(async (text, index) => {
          const path = join(folder, `${index}.csv.gz`)
          const bytes = gzipSync(text)
          await writeFile(path, bytes)
          return { path, rows: text.split('\n').length - 2, bytes: bytes.length }
        }),
      )
      const sifted = { files, rejected: 0, respelled: 0, longestRowBytes: 2, examples: [] }
      const url = parseObjectUrl(place.url, folder)
      const settings = { url, identity: undefined, region: undefined, slots: 2 }
      const delivery = { table: 'shop.users', id: 'd1' }
      const wanted = stagedFiles(delivery, [column('id', 'integer')], files, settings)
      {
        await using staged = await stageParts(wanted, sifted, { source, signal, logger: silent })
        expect(staged.expectedRows).toBe(3)
        const keys = await keysBelow(place.store, `${url.key}${PREFIX}`)
        expect(keys).toEqual(['_manifest', 'part-0000.csv.gz', 'part-0001.csv.gz'])
        const text: Uint8Array[] = []
        const object = await place.store.stat(`${url.key}${PREFIX}_manifest`, { signal })
        for await (const piece of readObject(place.store, object, { signal })) text.push(piece)
        const manifest = parseManifest(Buffer.concat(text).toString(), 'manifest')
        // Each is what the manifest says, to the checksum.
        for (const part of manifest.parts) await source.verify(part)
        expect(manifest.parts.map(({ rows }) => rows)).toEqual([2, 1])
      }
      expect(await keysBelow(place.store, `${url.key}${PREFIX}`)).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

test.each([
  [0, 4, 4],
  [1, 4, 4],
  [1_000_000_000, 4, 0],
  [1_000_000_000, 6, 0],
  [1_000_000_000, undefined, 0],
])('%d bytes for %s slices are staged in a multiple of them', async (bytes, slots, exactly) => {
  const { loading } = await engineOf('redshift://cluster/dw')
  if (loading === undefined) throw new Error('Redshift is a warehouse')
  const parts = [{ url: 'a.csv.gz', bytes, rows: 1, crc32c: '00000000' }]
  const url = parseObjectUrl('s3://bucket/stage/', '/')
  const count = stagedCount({ parts }, loading, {
    url,
    slots,
    identity: undefined,
    region: undefined,
  })
  expect(count % (slots ?? loading.advice.multipleOf)).toBe(0)
  expect(count).toBeGreaterThan(0)
  if (exactly > 0) expect(count).toBe(exactly)
  else expect(bytes / count).toBeLessThanOrEqual(loading.advice.partBytes)
})
