import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { SyncRecord } from '../../src/objects/sync-record.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-record-'))
  path = join(folder, 'sync.sqlite')
  return () => rm(folder, { recursive: true })
})

const names = Array.from({ length: 3_000 }, (_, nr) => `object-${String(nr).padStart(5, '0')}`)

test('a pair is the same until one of its sides changes', () => {
  {
    using record = new SyncRecord(path, 'a to b')
    for (const name of names) record.note(name, '1', '2')
  }
  using record = new SyncRecord(path, 'a to b')
  const [first = '', second = ''] = names
  expect(record.look(first, '1', '2')).toBe('same')
  expect(record.look(second, '1', '3')).toBe('other')
  expect(record.look(`${names.at(-1)}`, '1', '2')).toBe('same')
  expect(record.look('z', '1', '2')).toBe('unknown')
})

test('a record that is no database, or a damaged one, says what to do', async () => {
  await writeFile(path, 'no database '.repeat(1_000))
  const expected = expect.objectContaining({
    code: 'LOCAL_IO',
    message: expect.stringContaining(path),
    hint: expect.stringContaining('remove the file'),
  })
  expect(() => new SyncRecord(path, 'a')).toThrow(expected)
  await rm(path)
  {
    using record = new SyncRecord(path, 'a')
    for (const name of names) record.note(name, '1', '2')
  }
  const { size } = await stat(path)
  await truncate(path, size / 2)
  await truncate(path, size)
  expect(() => {
    using record = new SyncRecord(path, 'a')
    for (const name of names) record.look(name, '1', '2')
  }).toThrow(expected)
})
