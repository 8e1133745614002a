import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { FERRY } from '../support/run-ferry.ts'
import { CrunchProject } from './crunch-project.ts'
import { otlpLine, subscriptionLine } from './lines-of-many.ts'

const SOAK = process.env['FERRY_SOAK'] === '1'
const KILLS = SOAK ? 50 : 4

const CONFIG = {
  inputs: 'logs/*.gz',
  output: 'out',
  partition_by: ['date', 'level'],
  routes: { '/api/v1/tasks/:id': 'task', 'GET /api/v1/lists/:id': 'list' },
  drop: "route == 'list' and status == 500",
  sample: { by: 'user_id', keep: '80%' },
  reduce: {
    by_route: {
      by: ['route', 'status'],
      every: '1h',
      count: 'requests',
      mean: 'duration_ms',
      quantiles: { duration_ms: [0.5, 0.95] },
      distinct: { user_id: 'exact', client_ip: 'hll' },
      top: { path: 3 },
    },
  },
}
const LOGS = { lines: SOAK ? 200_000 : 40_000, files: 6 }

/** Lines of many records, which are records of their own. */
async function writeLinesOfMany(project: CrunchProject): Promise<void> {
  const lines = Array.from({ length: 1_000 }, (_, at) => {
    const messages = Array.from({ length: at % 9 }, (_one, record) => `m${at}.${record}`)
    return at % 2 === 0
      ? otlpLine(
          `service-${at % 5}`,
          [{ scope: 'stock', messages }],
          1_772_359_200_000 + at * 60_000,
        )
      : subscriptionLine(`group-${at % 5}`, messages)
  })
  await project.write('logs/many.log.gz', gzipSync(`${lines.join('\n')}\n`))
}

test.each(['jsonl', 'csv', 'parquet'])(
  'the same bytes with one, two and five threads: %s',
  { timeout: 120_000 },
  async format => {
    await using project = await CrunchProject.make({ ...CONFIG, format }, LOGS)
    await writeLinesOfMany(project)
    expect((await project.run('--workers', '1')).code).toBe(0)
    const first = project.made()
    expect(Object.keys(first).filter(name => name.startsWith('out/')).length).toBeGreaterThan(10)
    expect(Object.keys(first)).toContain('results/2026-03-02/crunch/by_route.csv')
    for (const workers of ['2', '5']) {
      await project.forget()
      expect((await project.run('--workers', workers)).code).toBe(0)
      expect(project.made()).toEqual(first)
    }
  },
)

test(`${KILLS} SIGKILLs at any moment, then what an undisturbed run makes`, {
  timeout: 60_000 + KILLS * 20_000,
}, async () => {
  await using project = await CrunchProject.make(CONFIG, LOGS)
  await writeLinesOfMany(project)
  const startedAt = Date.now()
  expect((await project.run('--workers', '2')).code).toBe(0)
  const wholeMs = Date.now() - startedAt
  const undisturbed = project.made()
  let kills = 0
  let runs = 0
  let found = 0
  while (kills < KILLS) {
    runs++
    await project.forget()
    // One run may be killed several times before it is left to end.
    for (let again = 0; again < 3 && kills < KILLS; again++) {
      const child = spawn(FERRY, ['crunch', '--workers', '2'], {
        cwd: project.folder,
        env: { ...process.env, TODAY: '2026-03-02' },
        stdio: 'ignore',
        detached: true,
      })
      const ended = once(child, 'exit')
      await sleep(Math.random() * wholeMs)
      if (child.exitCode === null && child.pid !== undefined) {
        process.kill(-child.pid, 'SIGKILL')
        kills++
      }
      await ended
    }
    found += receipts(project).length
    expect((await project.run('--workers', '2')).code).toBe(0)
    expect(withoutMerges(project.made())).toEqual(undisturbed)
  }
  console.log(`${kills} kills in ${runs} runs; ${found} inputs were done before the last attempt`)
})

function receipts(project: CrunchProject): string[] {
  try {
    const all = readdirSync(project.path('intermediate/2026-03-02/crunch'))
    return all.filter(name => name.endsWith('.json'))
  } catch {
    return [] // killed before anything was made
  }
}

/**
 * What killed runs were writing of inputs is gone: it was swept when the inputs were crunched again. A
 * merge that was killed leaves its file under a temporary name, which nobody takes for a result.
 */
function withoutMerges(made: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(made).filter(
      ([name]) =>
        !(name.startsWith('results/') && name.includes('.tmp-')) && !name.includes('/spill/'),
    ),
  )
}

test('an input that was changed is crunched again, the others are not', {
  timeout: 60_000,
}, async () => {
  await using project = await CrunchProject.make(CONFIG, { lines: 6_000, files: 3 })
  await project.run()
  const before = project.made()
  const { stdout } = await project.run('--json')
  const first: { lines: number } = JSON.parse(stdout)
  await project.write('logs/1.log.gz', 'level=info msg="of another day" ts=2026-03-01T00:00:00Z\n')
  const { stdout: changed, code } = await project.run('--json')
  const second: { lines: number } = JSON.parse(changed)
  expect(code).toBe(0)
  expect(second.lines).toBeLessThan(first.lines)
  const after = project.made()
  // What the input as it was had written is gone: nothing of it is read twice.
  const outputs = Object.keys(after).filter(name => /^out\/.*\/1\.log-/.test(name))
  expect(outputs).toHaveLength(1)
  const same = Object.keys(before).filter(name => after[name] === before[name])
  expect(same.filter(name => name.includes('/0.log-')).length).toBeGreaterThan(0)
  expect(after['results/2026-03-02/crunch/by_route.csv']).not.toBe(
    before['results/2026-03-02/crunch/by_route.csv'],
  )
})
