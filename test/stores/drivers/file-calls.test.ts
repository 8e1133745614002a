import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { AT_ONCE, IN_THREADS, writeNewFile } from '../../../src/stores/drivers/file/file-calls.ts'
import { syncFolder } from '../../../src/stores/drivers/file/sync-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-calls-'))
  return () => rm(folder, { recursive: true })
})

describe.each([
  ['at once', AT_ONCE],
  ['in threads', IN_THREADS],
])('%s', (_, calls) => {
  test.each([0, 1, 262_143, 262_144, 262_145, 1_000_000])('a file of %i bytes', async size => {
    const bytes = randomBytes(size)
    const path = join(folder, 'new')
    await writeNewFile(calls, path, bytes)
    expect((await readFile(path)).equals(bytes)).toBe(true)
    expect((await calls.stat(path)).size).toBe(BigInt(size))
  })

  test('a file that is there is left as it is', async () => {
    const path = join(folder, 'old')
    await writeNewFile(calls, path, Buffer.from('old'))
    const again = writeNewFile(calls, path, Buffer.from('new'))
    await expect(again).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await readFile(path, 'utf8')).toBe('old')
  })

  test('a name takes the place of another, and many wait for one folder', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (__, nr) => {
        await writeNewFile(calls, join(folder, `.${nr}`), Buffer.from(String(nr)))
        await calls.rename(join(folder, `.${nr}`), join(folder, String(nr % 10)))
        await syncFolder(folder, calls)
      }),
    )
    expect(await readdir(folder)).toHaveLength(10)
  })

  test('what is missing is told as the kernel tells it', async () => {
    const missing = { code: 'ENOENT' }
    const nowhere = join(folder, 'missing')
    const written = writeNewFile(calls, join(nowhere, 'x'), randomBytes(1))
    await expect(written).rejects.toMatchObject(missing)
    await expect(syncFolder(nowhere, calls)).rejects.toMatchObject(missing)
    await expect((async () => calls.stat(nowhere))()).rejects.toMatchObject(missing)
  })
})
