import fc from 'fast-check'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readWindow } from '../../src/dashboard/logs/line-window.ts'
import { searchLog } from '../../src/dashboard/logs/search-log.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-log-window-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function withFile<Result>(
  content: string | Buffer,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<Result>,
): Promise<Result> {
  const path = join(folder, 'a.log')
  await writeFile(path, content)
  await using file = await open(path)
  return await work(file)
}

const found = async (content: string | Buffer, text: string): Promise<string[]> =>
  withFile(content, async file => {
    const hits = searchLog(file, { kind: 'text', text }, { mask: one => one })
    return (await Array.fromAsync(hits)).map(hit => `${hit.at}:${hit.text}`)
  })

test('windows one after the other give every line once, whatever their size', async () => {
  const line = fc
    .string({ unit: 'grapheme', maxLength: 60 })
    .map(text => text.replaceAll(/[\r\n]/g, ''))
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 40 }),
      fc.integer({ min: 1, max: 300 }),
      fc.boolean(),
      (lines, maxBytes, endsWell) =>
        withFile(lines.join('\n') + (endsWell && lines.length > 0 ? '\n' : ''), async file => {
          const seen: string[] = []
          for (let from = 0; ; ) {
            const window = await readWindow(file, { from, maxBytes: Math.max(maxBytes, 300) })
            seen.push(...window.lines.map(one => one.text))
            for (const one of window.lines)
              expect((await readWindow(file, { from: one.at, maxBytes: 300 })).from).toBe(one.at)
            if (window.to >= window.size) break
            from = window.to
          }
          const expected =
            lines.length > 0 && (endsWell || lines.at(-1) !== '') ? lines : lines.slice(0, -1)
          expect(seen).toEqual(expected)
        }),
    ),
    { numRuns: 60 },
  )
})

test('a place within a line shows the whole line', () =>
  withFile('first\nsecond\nthird\n', async file => {
    const window = await readWindow(file, { from: 9, maxBytes: 4 })
    expect(window).toMatchObject({ from: 6, to: 13, size: 19 })
    expect(window.lines.map(one => one.text)).toEqual(['second'])
  }))

test('from the end: the last lines', () =>
  withFile('first\nsecond\nthird', async file => {
    const window = await readWindow(file, { from: -8, maxBytes: 100 })
    expect(window.lines.map(one => one.text)).toEqual(['second', 'third'])
  }))

test('a line of a megabyte comes in pieces that cut no letter', () =>
  withFile(`${'é'.repeat(500_000)}\nnext\n`, async file => {
    const window = await readWindow(file, { from: 0, maxBytes: 2_000_000 })
    expect(
      window.lines.every(one => one.text.length <= 4_000 && !one.text.includes('\uFFFD')),
    ).toBe(true)
    expect(
      window.lines
        .slice(0, -1)
        .map(one => one.text)
        .join(''),
    ).toBe('é'.repeat(500_000))
    expect(window.lines.filter(one => !one.isContinued).map(one => one.at)).toEqual([0, 1_000_001])
  }))

test.each([
  ['capitals do not count in a search without', 'one\nTWO two\nthree\n', 'two', ['4:TWO two']],
  ['capitals count in a search with one', 'two\nTwo\n', 'Two', ['4:Two']],
  ['what a regular expression would mean is text', 'a.c\nabc\n(a|b)\n', 'a.c', ['0:a.c']],
  ['letters beyond ASCII', 'größe\n', 'größe', ['0:größe']],
  ['the last line without a newline', 'a\nneedle', 'needle', ['2:needle']],
  ['nothing', 'a\nb\n', 'needle', []],
])('%s', async (_, content, text, expected) => {
  expect(await found(content, text)).toEqual(expected)
})

test('what lies across two chunks is found once, at its place', async () => {
  const before = `${'x'.repeat(99)}\n`.repeat(5_242)
  expect(await found(`${before}${'y'.repeat(85)}needle\nz\n`, 'needle')).toEqual([
    `524200:${'y'.repeat(85)}needle`,
  ])
})

test('errors are looked for by their words; lines that say there are none are let pass', () =>
  withFile(
    '#$ make error\nall fine, 0 errors\nPANIC: no\nterror\nTraceback (most recent)\n',
    async file => {
      const hits = await Array.fromAsync(searchLog(file, { kind: 'errors' }, { mask: one => one }))
      expect(hits.map(one => one.text)).toEqual(['PANIC: no', 'Traceback (most recent)'])
    },
  ))

test('a secret is not found by asking for it', () =>
  withFile('password=hunter2secret\nhunter2secret is in the text\n', async file => {
    const mask = (text: string): string => text.replaceAll('hunter2secret', '***')
    const hits = await Array.fromAsync(searchLog(file, { kind: 'text', text: 'hunter2' }, { mask }))
    expect(hits).toEqual([])
  }))
