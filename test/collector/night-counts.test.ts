/** What the collector took, and what it delivered of a day, as `ferry check` and the pages see it. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Counts, countsPath, parseCounts } from '../../src/formats/counts.ts'
import { nightQuality } from '../../src/formats/quality.ts'
import { collection, CollectorProject, type RunningCollector } from '../support/collector.ts'
import { runFerry } from '../support/run-ferry.ts'

const today = (): string => new Date().toISOString().slice(0, 10)

async function countsOf(
  { directory }: CollectorProject,
  which: Parameters<typeof countsPath>[0],
): Promise<Counts> {
  const path = countsPath(which)
  return parseCounts(await readFile(join(directory, path), 'utf8'), path)
}

const send = ({ url }: RunningCollector, body: string): Promise<Response> =>
  fetch(`${url}/api/v1/track`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  })

let clockS = Math.floor(Date.now() / 1_000)

/** Each with a time of its own. */
const events = (...numbers: number[]): string =>
  JSON.stringify(collection(numbers.map(nr => ({ at: String((clockS -= 1)), event: 'open', nr }))))

test('a night knows what was taken, what was delivered, and what never came', async () => {
  await using project = await CollectorProject.make(
    '{ workers: 1, verify: true, target: "./events/{date}/" }',
  )
  const date = today()
  let collector = await project.start()
  expect((await send(collector, events(1, 2, 3))).status).toBe(200)
  expect((await send(collector, 'nothing like an event')).status).toBe(400)
  expect(await collector.stop()).toBe(0)
  const taken = { date, step: 'receive', name: 'collector' } as const
  expect((await countsOf(project, taken)).rows).toEqual({ in: 4, out: 3, filtered: 0, rejected: 1 })

  collector = await project.start()
  // Its number 3 comes again with another time: not the same event.
  expect((await send(collector, events(3, 6))).status).toBe(200)
  expect(await collector.stop()).toBe(0)
  expect((await countsOf(project, taken)).rows).toEqual({ in: 6, out: 5, filtered: 0, rejected: 1 })

  await writeFile(
    join(project.directory, 'makefile'),
    'include .ferry/rules.mk\n.ferry/rules.mk: ; ferry rules\n',
  )
  const options = { cwd: project.directory }
  const run = await runFerry(['run', '--once', '--date', date, 'events'], options)
  expect([run.code, run.stdout]).toEqual([0, ''])
  expect(await countsOf(project, { date, step: 'collect', name: 'events' })).toMatchObject({
    source: 'events',
    rows: { in: 5, out: 4, filtered: 0, rejected: 1 },
    days: { [date]: 4 },
    newest: expect.stringMatching(new RegExp(`^${date}T`)),
    events: { gaps: 2, duplicates: 1, late: 0, sessions: 1, brokenSessions: 1 },
  })
  const { code } = await runFerry(['check', '--date', date], options)
  expect(code).toBe(0)
  const file = await readFile(join(project.directory, 'results', date, 'quality.json'), 'utf8')
  const { findings, series } = nightQuality.parse(JSON.parse(file))
  expect(findings).toContainEqual({
    severity: 'warn',
    kind: 'events',
    about: 'collect/events',
    found: '2 numbers of sessions never came',
  })
  // The day's series is that of what was verified: a night may begin before its day is over.
  expect(series.map(({ step, name }) => [step, name])).toEqual([['collect', 'events']])
}, 60_000)

test('the counts are of the night that runs, whatever day it looks at', async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const collector = await project.start()
  await send(collector, events(1))
  await collector.stop()
  const args = ['events', 'verify', 'events/{date}/', '--date', today(), '--counts', 'web']
  const options = { cwd: project.directory, env: { TODAY: '2031-01-02' } }
  expect((await runFerry(args, options)).code).toBe(0)
  const found = await countsOf(project, { date: '2031-01-02', step: 'collect', name: 'web' })
  expect([found.rows.out, found.days]).toEqual([1, { [today()]: 1 }])
})

test('a name of counts is no path', async () => {
  await using project = await CollectorProject.make()
  const args = ['events', 'verify', 'events/', '--counts', '../../x']
  expect(await runFerry(args, { cwd: project.directory })).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('cannot be the name of counts'),
  })
})

test('what went through a queue is not verified by a rule', async () => {
  await using project = await CollectorProject.make('{ verify: true, target: "sqs://events" }')
  expect(await runFerry(['rules'], { cwd: project.directory })).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('collect.verify'),
  })
})
