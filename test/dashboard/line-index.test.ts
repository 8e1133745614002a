import fc from 'fast-check'
import { appendFile, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LineIndex } from '../../src/dashboard/logs/line-index.ts'
import { PagesProject } from './support/pages-project.ts'

const DATE = '2026-11-21'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-line-index-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Where lines begin. What follows the last newline counts as a line. */
function beginnings(text: string): number[] {
  const bytes = Buffer.from(text)
  const all = [0]
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (at + 1 < bytes.length) all.push(at + 1)
  }
  return all
}

async function expectNumbers(index: LineIndex, text: string): Promise<void> {
  const all = beginnings(text)
  const places = await Promise.all(all.map((_, at) => index.placeOf(at + 1)))
  expect(places).toEqual(all)
  const numbers = await Promise.all(all.map(at => index.numberAt(at)))
  expect(numbers).toEqual(all.map((_, at) => at + 1))
  expect(await index.placeOf(all.length + 7)).toBe(all.at(-1))
  expect(await index.total()).toBe(text.split('\n').length - 1)
}

test('every line has its number, and every number its line; also when the log grows or is made anew', async () => {
  const path = join(folder, 'grows.log')
  const text = fc
    .array(fc.string({ maxLength: 30 }), { maxLength: 20 })
    .map(lines => lines.join('\n'))
  await fc.assert(
    fc.asyncProperty(text, text, text, async (first, more, other) => {
      await writeFile(path, first)
      const index = new LineIndex(() => open(path), 16)
      await expectNumbers(index, first)
      await appendFile(path, more)
      await expectNumbers(index, first + more)
      await truncate(path, 0)
      await index.total() // seen empty
      await writeFile(path, other)
      await expectNumbers(index, other)
    }),
    { numRuns: 20 },
  )
}, 30_000)

test('a place within a line has its number; blocks of nothing but newlines, or without one', async () => {
  const text = `${'\n'.repeat(70)}${'x'.repeat(100)}\nlast`
  const path = join(folder, 'blocks.log')
  await writeFile(path, text)
  const index = new LineIndex(() => open(path), 16)
  await expectNumbers(index, text)
  expect(await index.numberAt(70 + 50)).toBe(71)
  expect(await index.placeOf(71)).toBe(70)
})

test('pages of a log: a line far down is opened by its number, and windows tell their numbers', async () => {
  await using project = await PagesProject.make()
  await project.night({ date: DATE, tables: 1 })
  const lines = Array.from({ length: 700_000 }, (_, at) => `this is line ${at + 1}\n`)
  await writeFile(join(project.folder, 'logs', DATE, 'deep.log'), lines.join(''))
  await using web = await project.serve()
  const json = async (address: string): Promise<Record<string, unknown>> =>
    Object(await (await web.get(address, { accept: 'application/json' })).json())
  const far = await json('/logs/window?log=deep.log&line=654321')
  expect(String(far['html'])).toContain(
    `href="#L654321" tabindex="-1" title="Link to this line">654321</a><span class="text">this is line 654321<`,
  )
  const number = await json(`/logs/number?log=deep.log&at=${String(far['at'])}`)
  expect(number['number']).toBe(654_321)
  // The first screen waits a moment only for lines to be counted; the browser then asks for the line.
  await expect
    .poll(() => json('/logs/view?log=deep.log&line=654321'))
    .toMatchObject({ at: far['at'], line: null })
  await expect
    .poll(async () => (await web.get('/logs/view?log=deep.log&line=654321')).text())
    .toContain('>654321</a><span class="text">this is line 654321<')
  await expect
    .poll(async () => String((await json('/logs/window?log=deep.log&from=-1000'))['html']))
    .toContain('>700000</a><span class="text">this is line 700000<')
  for (const line of ['0', '-4', 'x']) {
    expect((await web.get(`/logs/view?log=deep.log&line=${line}`)).status).toBe(400)
  }
})
