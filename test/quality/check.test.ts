import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Counts, countsPath, countsText } from '../../src/formats/counts.ts'
import { nightQuality } from '../../src/formats/quality.ts'
import { runFerry, type RunResult } from '../support/run-ferry.ts'

const NIGHTS = 40
const START = Date.parse('2026-03-02') // a Monday
const dateAt = (index: number): string =>
  new Date(START + index * 86_400_000).toISOString().slice(0, 10)
const LAST = dateAt(NIGHTS - 1)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-check-'))
  await writeFile(join(folder, 'ferry.yaml'), '')
})
afterEach(() => rm(folder, { recursive: true }))

function counts(date: string, name: string, rows: number, more: Partial<Counts> = {}): Counts {
  return {
    version: 1,
    step: 'mirror',
    name,
    source: name.split('.')[0] ?? '',
    date,
    rows: { in: rows, out: rows, filtered: 0, rejected: 0 },
    finishedAt: `${date}T03:00:00.000Z`,
    ...more,
  }
}

async function write(one: Counts): Promise<void> {
  const path = join(folder, countsPath(one))
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, countsText(one))
}

/** Nights in order of some tables, the last one left to the test. */
async function writeNights(names: readonly string[]): Promise<void> {
  for (let index = 0; index < NIGHTS - 1; index++) {
    const rows = index % 7 < 5 ? 20_000 + index * 50 + ((index * 7_919) % 400) : 9_000
    for (const name of names) await write(counts(dateAt(index), name, rows))
  }
}

const check = (...more: string[]): Promise<RunResult> =>
  runFerry(['check', '--date', LAST, ...more], { cwd: folder })

test('a night in order: nothing is said, and the page has its numbers', async () => {
  await writeNights(['app.users', 'app.tasks'])
  await write(counts(LAST, 'app.users', 21_900))
  await write(counts(LAST, 'app.tasks', 22_100))
  expect(await check()).toMatchObject({ code: 0, stdout: '', stderr: '' })
  const file = await readFile(join(folder, 'results', LAST, 'quality.json'), 'utf8')
  const { series } = nightQuality.parse(JSON.parse(file))
  expect(series.map(({ name }) => name)).toEqual(['app.tasks', 'app.users'])
  expect(series.flatMap(({ nights }) => nights.filter(one => one.isUnusual))).toEqual([])
  expect(series[0]?.nights).toHaveLength(NIGHTS)
  expect(series[0]?.expected?.expected).toBeGreaterThan(20_000)
})

test('what is wrong or out of the ordinary is told, errors first', async () => {
  await writeNights(['app.users', 'app.tasks', 'app.audit', 'app.mails'])
  await write(counts(LAST, 'app.users', 4_000))
  await write(
    counts(LAST, 'app.tasks', 22_000, {
      rows: { in: 22_000, out: 21_990, filtered: 0, rejected: 10 },
    }),
  )
  await write(
    counts(LAST, 'app.audit', 22_000, {
      rows: { in: 22_000, out: 21_000, filtered: 0, rejected: 0 },
      compared: {
        sourceRows: 22_000,
        targetRows: 21_998,
        missing: 2,
        surplus: 0,
        different: 1,
        share: 1,
        repaired: 0,
      },
    }),
  )
  const { code, stdout } = await check()
  expect(code).toBe(1)
  expect(stdout.split('\n').map(line => line.replaceAll(/\d+,\d+ to .*/g, '...'))).toEqual([
    'error: mirror/app.mails: it did not end this night, as it did in 7 of the last 7',
    'error: mirror/app.audit: 22,000 rows in, and 21,000 out + 0 filtered + 0 rejected',
    'error: mirror/app.audit: the warehouse differs from the source: 2 rows missing, 0 too many, 1 different',
    'warn: mirror/app.tasks: 10 of 22,000 rows were rejected',
    'warn: mirror/app.users: 4,000 rows, where ...',
    '',
  ])
})

test('when all are low at once that is one finding; on a holiday it is none', async () => {
  const names = ['app.a', 'app.b', 'app.c', 'app.d', 'app.e']
  await writeNights(names)
  for (const name of names) await write(counts(LAST, name, 6_000))
  const ordinary = await check()
  expect(ordinary.code).toBe(0)
  expect(ordinary.stdout).toContain('5 of 5 sources have fewer rows than usual')
  expect(ordinary.stdout.trim().split('\n')).toHaveLength(1)
  await writeFile(join(folder, 'ferry.yaml'), `quality: { holidays: ['${LAST.slice(5)}'] }\n`)
  expect((await check()).stdout).toBe('')
})

test('after nights that did not run, one brings more', async () => {
  await writeNights(['app.users'])
  for (const index of [NIGHTS - 2, NIGHTS - 3]) {
    await rm(join(folder, 'results', dateAt(index)), { recursive: true })
  }
  await write(counts(LAST, 'app.users', 60_000))
  expect((await check()).stdout).toBe('')
})

test('a file of counts that is broken is an error with its name', async () => {
  const path = join(folder, 'results', LAST, 'counts/mirror/app.users.json')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '{"version":1')
  const { code, stderr } = await check()
  expect(code).toBe(65)
  expect(stderr).toContain(`results/${LAST}/counts/mirror/app.users.json`)
})
