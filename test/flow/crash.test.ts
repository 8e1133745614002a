import { readFile, utimes, writeFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { NightState } from '../../src/formats/night-state.ts'
import { progressLines } from '../../src/flow/progress-lines.ts'
import { TestProject } from './project.ts'

test('after a crash of the machine, what was written since the last sync is made again', async () => {
  const project = await TestProject.make(
    'all: old new mine\nold new: ; echo x >> count-$@; echo whole > $@\nmine: ; echo x >> count-$@; touch $@',
    'max_attempts: 5',
  )
  const night = ['run', '--date', '2026-03-01']
  expect((await project.ferry(...night)).code).toBe(0)
  const path = join(project.directory, '.ferry/nights/2026-03-01/night.json')
  const state: NightState = JSON.parse(await readFile(path, 'utf8'))
  const booted = Date.now() - uptime() * 1_000
  const at = (minutes: number): Date => new Date(booted + minutes * 60_000)
  const attempts = state.attempts.map(one => ({
    ...one,
    boot_id: 'the boot before',
    started_at: at(-90).toISOString(),
    ended_at: null,
    outcome: null,
    settled: false,
  }))
  await writeFile(path, JSON.stringify({ ...state, attempts, synced_at: at(-30).toISOString() }))
  for (const [name, minutes] of [
    ['old', -60],
    ['new', -10],
    ['mine', 0.01],
  ] as const) {
    await utimes(join(project.directory, name), at(minutes), at(minutes))
  }
  expect((await project.ferry(...night)).code).toBe(0)
  expect(['old', 'new', 'mine'].map(name => project.count(`count-${name}`))).toEqual([1, 2, 1])
})

test('the live picture counts targets and shows what runs, within the width of the terminal', () => {
  const begin = {
    tag: 'BEGIN',
    id: '1',
    target: 'results/a.csv',
    command: 'ferry sql \u001B[31ma.sql\n--csv',
    attempt: 1,
    has_make_level: true,
    started_at: '2026-03-01T00:00:00.000Z',
    finished_at: null,
    exit_code: null,
    user_s: null,
    system_s: null,
    host: 'here',
    pid: 1,
    run_id: '1',
  } as const
  const lines = progressLines(
    {
      date: '2026-03-01',
      attempt: 1,
      maxAttempts: 3,
      wanted: 45,
      done: 12,
      failed: 1,
      elapsedMs: 65_000,
      running: Array.from({ length: 8 }, () => ({ begin, end: undefined })),
    },
    new Date('2026-03-01T00:00:05.000Z'),
    80,
  )
  expect(lines[0]).toBe(
    'night 2026-03-01, attempt 1 of 3: 12 of 45 targets made, 1 failed, 1 min 5 s',
  )
  expect(lines[1]).toBe('  results/a.csv (5.0 s): ferry sql a.sql --csv')
  expect(lines.at(-1)).toBe('  and 2 more')
  expect(Math.max(...lines.map(line => line.length))).toBeLessThan(80)
})
