import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCommands } from '../../src/formats/command-record.ts'
import { parseCounts } from '../../src/formats/counts.ts'
import { FERRY, runFerry } from '../support/run-ferry.ts'
import { CrunchProject } from './crunch-project.ts'

const PATH = `${join(FERRY, '..')}:${process.env['PATH']}`

test('in a night each input is a target of its own, and a retry makes only what is missing', {
  timeout: 120_000,
}, async () => {
  await using project = await CrunchProject.make(
    {
      inputs: 'logs/*.log*',
      output: 'out',
      reduce: { by_status: { by: 'status', count: 'requests' } },
    },
    { lines: 3_000, files: 3 },
  )
  const config = {
    crunch: {
      inputs: 'logs/*.log*',
      output: 'out',
      reduce: { by_status: { by: 'status', count: 'requests' } },
    },
    run: { targets: ['crunch'], max_attempts: 2, retry_after: '1s' },
  }
  await writeFile(project.path('ferry.yaml'), JSON.stringify(config))
  await project.write('makefile', 'include .ferry/rules.mk\n.ferry/rules.mk:\n\tferry rules\n')
  await project.write("logs/it's $5.log", 'level=info msg="a name for make and the shell"\n')
  const night = () =>
    runFerry(['run', '--once', '--date', '2026-03-02'], { cwd: project.folder, env: { PATH } })
  const first = await night()
  expect([first.code, first.stderr]).toEqual([0, ''])
  const commands = targetsOf(project)
  expect(commands.filter(target => /crunch\/(\d|it_s)/.test(target))).toHaveLength(4)
  const whole = project.made()
  const path = 'results/2026-03-02/counts/crunch/all.json'
  const { rows, days, sources, bySource } = parseCounts(
    readFileSync(project.path(path), 'utf8'),
    path,
  )
  const account = JSON.parse(
    readFileSync(project.path('results/2026-03-02/crunch/account.json'), 'utf8'),
  )
  expect(rows).toEqual({
    in: account.lines - account.merged,
    out: account.out,
    filtered: account.filtered,
    rejected: account.rejected,
  })
  expect(rows.in).toBe(rows.out + rows.filtered + rows.rejected)
  const own = Object.values(bySource ?? {})
  expect(own.length).toBeGreaterThan(3)
  for (const key of ['in', 'out', 'filtered', 'rejected'] as const) {
    expect(sum(own.map(one => one[key]))).toBe(rows[key])
  }
  const dated = Object.values(sources ?? {}).flatMap(counts => Object.values(counts))
  expect(sum(dated)).toBe(sum(Object.values(days ?? {})))
  expect(sum(dated)).toBeGreaterThan(2_000)

  // One input's receipt is gone, as after a kill, and with it the night's account.
  const state = 'intermediate/2026-03-02/crunch'
  const receipt = commands.find(target => target.startsWith(`${state}/1.log-`)) ?? ''
  await rm(project.path(receipt))
  await rm(project.path('results/2026-03-02/crunch/account.json'))
  await rm(project.path('logs/2026-03-02'), { recursive: true })
  const env = { ...process.env, PATH }
  const made = execFileSync('make', ['TODAY=2026-03-02', 'crunch'], { cwd: project.folder, env })
  expect(made.toString()).toContain('ferry crunch input')
  expect(targetsOf(project).filter(target => /crunch\/(\d|it_s)/.test(target))).toEqual([receipt])
  expect(project.made()).toEqual(whole)
})

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/** Targets whose recipes ran, each once. */
function targetsOf(project: CrunchProject): string[] {
  const text = readFileSync(project.path('logs/2026-03-02/timing_env.log'), 'utf8')
  return [...new Set(readCommands(text).map(({ begin }) => begin.target))].sort()
}
