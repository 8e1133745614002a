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
    using record = new SyncRecord(path, 'a to b', { forgets: true })
    for (const name of names) record.note(name, '1', '2')
  }
  using record = new SyncRecord(path, 'a to b', { forgets: true })
  const [first = '', second = ''] = names
  expect(record.look(first, '1', '2')).toBe('same')
  expect(record.look(second, '1', '3')).toBe('other')
  expect(record.look(`${names.at(-1)}`, '1', '2')).toBe('same')
  expect(record.look('z', '1', '2')).toBe('unknown')
})

/** How many of `names` a record still knows. */
function known(): number {
  using record = new SyncRecord(path, 'a to b', { forgets: false })
  return names.filter(name => record.look(name, '1', '2') === 'same').length
}

test.each([
  ['names that neither side has leave the record', true, 1_000],
  ['names that were left out are no names that are gone', false, 3_000],
])('%s', (_, forgets, left) => {
  {
    using record = new SyncRecord(path, 'a to b', { forgets })
    for (const name of names) record.note(name, '1', '2')
  }
  {
    using record = new SyncRecord(path, 'a to b', { forgets })
    // Two thirds are gone, in the middle and after the last; of the rest one side has half.
    for (const [nr, name] of names.slice(0, 2_000).entries()) {
      if (nr % 4 === 0) record.look(name, '1', '2')
      else if (nr % 4 === 1) record.pass(name)
    }
    record.end()
  }
  expect(known()).toBe(left)
})

test('a sync that ends early forgets nothing that it did not come to', () => {
  {
    using record = new SyncRecord(path, 'a to b', { forgets: true })
    for (const name of names) record.note(name, '1', '2')
  }
  {
    using record = new SyncRecord(path, 'a to b', { forgets: true })
    record.look('object-01000', '1', '2')
  }
  expect(known()).toBe(2_000)
})

test('what is noted while the names are read stays', () => {
  {
    using record = new SyncRecord(path, 'a to b', { forgets: true })
    for (const name of names.filter((_, nr) => nr % 2 === 0)) record.note(name, '1', '2')
  }
  {
    using record = new SyncRecord(path, 'a to b', { forgets: true })
    for (const name of names) {
      if (record.look(name, '1', '2') === 'unknown') record.note(name, '1', '2')
    }
    record.end()
  }
  expect(known()).toBe(3_000)
})

test('a record that is no database, or a damaged one, says what to do', async () => {
  await writeFile(path, 'no database '.repeat(1_000))
  const expected = expect.objectContaining({
    code: 'LOCAL_IO',
    message: expect.stringContaining(path),
    hint: expect.stringContaining('remove the file'),
  })
  expect(() => new SyncRecord(path, 'a', { forgets: true })).toThrow(expected)
  await rm(path)
  {
    using record = new SyncRecord(path, 'a', { forgets: true })
    for (const name of names) record.note(name, '1', '2')
  }
  const { size } = await stat(path)
  await truncate(path, size / 2)
  await truncate(path, size)
  expect(() => {
    using record = new SyncRecord(path, 'a', { forgets: true })
    for (const name of names) record.look(name, '1', '2')
  }).toThrow(expected)
})
