import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Transcript, transcriptPage, transcripts } from './stores-transcript.ts'

const PAGE = join(import.meta.dirname, '../../docs/stores-transcript.md')

let all: readonly Transcript[]
beforeAll(async () => {
  all = await Array.fromAsync(transcripts())
}, 180_000)

test('stores-transcript.md is what the commands say (UPDATE_DOCS=1 writes it)', async () => {
  const expected = transcriptPage(all)
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(PAGE, expected)
  expect(await readFile(PAGE, 'utf8')).toBe(expected)
})

/** What a service keeps of an object, and how its URLs are signed, is its own. */
const OWN = /^ferry (stat|presign) /

test('the clouds say the same to the same command', () => {
  const [, first, ...others] = all
  for (const other of others) {
    const [mine, theirs] = [first?.answers ?? [], other.answers]
    for (const [at, answer] of mine.entries()) {
      if (!OWN.test(answer[0]))
        expect([other.title, ...(theirs[at] ?? [])]).toEqual([other.title, ...answer])
    }
    expect(theirs).toHaveLength(mine.length)
  }
  expect(all).toHaveLength(4)
})
