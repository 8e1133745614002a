import { expect, test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { plannedFiles } from '../../src/loader/planned-stage.ts'
import { column } from './deliver.ts'

const MB = 1_000_000

const delivery = (...sizes: readonly number[]) => ({
  id: 'd1',
  table: 'production.tasks',
  columns: [column('id', 'integer')],
  parts: sizes.map((bytes, index) => ({ url: `/lake/${index}`, bytes, crc32c: '00000000' })),
})

const stage = { url: 's3://lake/stage', identity: 'a role', region: undefined, slots: 8 }

test('parts of a size that the engine likes, and a multiple of its slices', async () => {
  const { loading } = await engineOf('redshift://x@h/d')
  if (loading === undefined) throw new Error('no warehouse')
  const counts = [0, 100, 3 * MB, 40 * MB, 65 * MB, 5_000 * MB].map(
    bytes => plannedFiles(delivery(bytes), loading, stage).parts.length,
  )
  expect(counts).toEqual([1, 1, 3, 8, 8, 80])
  expect(plannedFiles(delivery(), loading, stage).parts).toEqual([])
})

test('a folder of the stage for each delivery; where none is named, one to be filled in', async () => {
  const { loading } = await engineOf('redshift://x@h/d')
  const { loading: synapse } = await engineOf('synapse://x@h/d')
  if (loading === undefined || synapse === undefined) throw new Error('no warehouse')
  expect(plannedFiles(delivery(1), loading, stage)).toMatchObject({
    parts: [{ url: 's3://lake/stage/production.tasks/d1/part-0000.csv.gz' }],
    stage: { manifestUrl: 's3://lake/stage/production.tasks/d1/manifest', identity: 'a role' },
  })
  expect(plannedFiles(delivery(1), synapse, undefined).stage?.folderUrl).toBe(
    'https://ACCOUNT.blob.core.windows.net/CONTAINER/stage/production.tasks/d1/',
  )
})
