import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseLogicalDate } from '../../src/core/logical-date.ts'
import { chooseNight } from '../../src/flow/night-choice.ts'
import { newNight, writeNight } from '../../src/flow/night-state.ts'
import type { NightState } from '../../src/formats/night-state.ts'
import { endOf, FERRY, TestProject, until } from './project.ts'

type Choice = Parameters<typeof chooseNight>[0]

/** Who began the night of 2026-03-01, when, with which attempts; what a call at `now` takes up. */
const cases: readonly (readonly [
  string,
  Partial<NightState> & { outcomes: string[] },
  Partial<Choice> & { at: string },
  string,
])[] = [
  ['before midnight', { outcomes: ['failed'] }, { at: '2026-03-01T23:59:00Z' }, '2026-03-01'],
  [
    'after midnight, unfinished',
    { outcomes: ['failed'] },
    { at: '2026-03-02T00:30:00Z' },
    '2026-03-01',
  ],
  [
    'after midnight, killed',
    { outcomes: ['killed'] },
    { at: '2026-03-02T00:30:00Z' },
    '2026-03-01',
  ],
  ['after midnight, made', { outcomes: ['made'] }, { at: '2026-03-02T00:30:00Z' }, '2026-03-02'],
  [
    'after midnight, used up',
    { outcomes: ['failed', 'failed', 'failed'] },
    { at: '2026-03-02T00:30:00Z' },
    '2026-03-02',
  ],
  [
    'after midnight, made, all by cron with --once',
    { outcomes: ['made'], begun_by: 'once' },
    { at: '2026-03-02T00:30:00Z', once: true },
    '2026-03-01',
  ],
  [
    'the next night by cron with --once',
    { outcomes: ['made'], begun_by: 'once' },
    { at: '2026-03-02T23:50:00Z', once: true },
    '2026-03-02',
  ],
  [
    'the next night, unfinished',
    { outcomes: ['failed'] },
    { at: '2026-03-02T23:50:00Z' },
    '2026-03-02',
  ],
  [
    'a night of a date given before',
    { outcomes: ['failed'], begun_by: 'date' },
    { at: '2026-03-02T00:30:00Z' },
    '2026-03-02',
  ],
  [
    'a date given',
    { outcomes: ['failed'] },
    { at: '2026-03-02T00:30:00Z', date: parseLogicalDate('2026-01-05') },
    '2026-01-05',
  ],
  [
    'a time zone',
    { outcomes: ['made'] },
    { at: '2026-03-02T23:30:00Z', timeZone: 'Europe/Budapest' },
    '2026-03-03',
  ],
]

test.for(cases)('the night of a call: %s', async ([, begun, call, expected]) => {
  const { directory } = await TestProject.make('all: ;')
  const night = newNight(
    parseLogicalDate('2026-03-01'),
    new Date('2026-03-01T23:50:00Z'),
    begun.begun_by ?? 'clock',
  )
  for (const [index, outcome] of begun.outcomes.entries()) {
    night.attempts.push({
      number: index + 1,
      run_id: `run-${index}`,
      started_at: night.begun_at,
      ended_at: null,
      settled: true,
      outcome: outcome === 'made' || outcome === 'failed' ? outcome : null,
      targets: ['all'],
      all_permanent: false,
      makefiles_hash: '',
      boot_id: '',
    })
  }
  await writeNight(directory, night)
  const chosen = await chooseNight({
    project: directory,
    timeZone: 'UTC',
    date: undefined,
    once: false,
    maxAttempts: 3,
    ...call,
    now: new Date(call.at),
  })
  expect(chosen.date).toBe(expected)
})

test('the recipes see the date of the night, whatever the clock says', async () => {
  const project = await TestProject.make('all: ; echo $(TODAY) $$TODAY $(YESTERDAY) >> dates')
  await project.ferry('run', '--date', '2024-03-01')
  expect(project.read('dates')).toBe('2024-03-01 2024-03-01 2024-02-29\n')
})

interface Delivery {
  readonly path: string | undefined
  readonly body: string
  readonly isOver: boolean
}

test('a failure for good is told while the night goes on; the outcome at its end', async () => {
  const deliveries: Delivery[] = []
  let isOver = false
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += String(chunk)))
    request.on('end', () => {
      deliveries.push({ path: request.url, body, isOver })
      response.statusCode = request.url === '/broken' ? 500 : 200
      response.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo // it listens on a port
  const url = `http://127.0.0.1:${address.port}`
  const project = await TestProject.make(
    `all: bad slow after
bad: ; @echo first line; for i in $$(seq 30); do echo line $$i; done; echo the reason; exit 65
slow: ; sleep 8; touch slow-done
after: bad ; touch $@`,
    `max_attempts: 1, notify: { webhook: '${url}/slack?token=hidden', json: '${url}/json', command: 'cat >> mailed' }`,
  )
  const child = project.start(FERRY, ['run', '--date', '2026-03-01'])
  const result = endOf(child)
  await until(() => deliveries.length >= 2)
  expect(project.has('slow-done')).toBe(false)
  isOver = true
  const { code, stderr } = await result
  server.close()
  expect(code).toBe(1)
  const slack = deliveries
    .filter(one => one.path?.startsWith('/slack'))
    .map(one => String(JSON.parse(one.body).text))
  expect(slack).toHaveLength(2)
  expect(slack[0]).toContain('1 target failed for good, attempt 1 of 1; the night goes on')
  expect(slack[1]).toContain(
    'night of 2026-03-01 failed: 1 of 3 targets made, 1 failed, 1 not reached',
  )
  for (const text of [...slack, project.read('mailed'), stderr]) {
    expect(text).toContain('failed: bad (exit 65')
    expect(text).toMatch(/\| first line\n/)
    expect(text).toMatch(/\| \.\.\. 17 lines \.\.\.\n/)
    expect(text).toMatch(/\| the reason\n {2}log: logs\/2026-03-01\/bad\.log/)
    expect(text).toContain('not reached because of it: after')
    expect(text).not.toContain('hidden')
  }
  const json: unknown = JSON.parse(deliveries.findLast(one => one.path === '/json')?.body ?? '')
  expect(json).toMatchObject({
    project: 'test',
    event: 'night failed',
    failed: [{ target: 'bad', exit_code: 65, permanent: true, not_reached: ['after'] }],
  })
})

test('who was told of a failure is told when a later call makes the night, once', async () => {
  const project = await TestProject.make(
    'all: ; test -f there || exit $(CODE)',
    "max_attempts: 1, notify: { command: 'head -n 1 >> mailed' }",
  )
  for (const [date, code] of [
    ['2026-03-01', '65'],
    ['2026-03-02', '3'],
  ] as const) {
    await project.write('settings.mk', `CODE = ${code}\n`)
    await project.write('makefile', `${project.read('makefile')}include settings.mk\n`)
    await rm(join(project.directory, 'there'), { force: true })
    await project.write('mailed', '')
    expect((await project.ferry('run', '--date', date)).code).toBe(1)
    await project.write('there', '')
    const settings = project.read('ferry.yaml').replace('max_attempts: 1', 'max_attempts: 9')
    await project.write('ferry.yaml', settings)
    for (const _ of [1, 2]) expect((await project.ferry('run', '--date', date)).code).toBe(0)
    const mailed = project.read('mailed').trimEnd().split('\n')
    expect(mailed.at(-2)).toContain(`night of ${date} failed`)
    expect(mailed.at(-1)).toContain(`night of ${date}: all is made`)
    expect(mailed.filter(line => line.includes('all is made'))).toHaveLength(1)
    await project.write('ferry.yaml', settings.replace('max_attempts: 9', 'max_attempts: 1'))
  }
})

test('a webhook that fails is a warning without its address, and never the outcome', async () => {
  const project = await TestProject.make(
    'all: ; exit 3',
    "max_attempts: 1, notify: { webhook: 'http://127.0.0.1:1/secret-path', command: 'exit 9' }",
  )
  const { code, stderr } = await project.ferry('run')
  expect(code).toBe(1)
  expect(stderr).toContain('warning: the webhook of run.notify.webhook did not take the report')
  expect(stderr).toContain('warning: the command of run.notify.command did not take the report')
  expect(stderr).not.toContain('secret-path')
})

/** A makefile, the rest of ferry.yaml, and what the report says of it beside the project's name. */
const stops: readonly (readonly [string, string, string, RegExp])[] = [
  ['a broken makefile', 'all: ; true\nnonsense here', '', /missing separator/],
  ['a part of ferry.yaml that is wrong', 'all: ; true', 'nonsense: 1', /unknown key `nonsense`/],
  ['a missing variable elsewhere', 'all: ; true', 'stores: { lake: "${NOT_SET}" }', /`NOT_SET`/],
  ['a line that is no YAML', 'all: ; true', 'stores: }', /ferry\.yaml:\d+/],
  ['an unreadable state', 'all: ; true', '', /night\.json` is not the state of a night/],
]

test.each(stops)('%s ends the night, and those who get reports are told', async (...stop) => {
  const [what, makefile, more, said] = stop
  const deliveries: string[] = []
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => deliveries.push(text))
    request.on('end', () => response.end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // of a listening TCP server it is this form
  const project = await TestProject.make(
    makefile,
    `notify: { json: 'http://127.0.0.1:${port}/', command: 'cat >> mailed' }`,
  )
  await writeFile(join(project.directory, 'ferry.yaml'), `${project.read('ferry.yaml')}${more}\n`)
  if (what === 'an unreadable state') {
    await project.write('.ferry/nights/2026-03-01/night.json', '{"version":')
  }
  const { code, stderr } = await project.ferry('run', '--date', '2026-03-01')
  server.close()
  expect([65, 78]).toContain(code)
  expect(stderr).toMatch(said)
  expect(stderr).not.toContain('stopped') // once is enough
  expect(deliveries).toHaveLength(1)
  expect(JSON.parse(deliveries[0] ?? '')).toMatchObject({
    project: 'test',
    date: '2026-03-01',
    event: 'night stopped',
    failed: [],
  })
  expect(deliveries[0]).toMatch(said)
  expect(project.read('mailed')).toMatch(
    /^test: night of 2026-03-01 stopped before its first attempt\n/,
  )
  expect(project.read('mailed')).toMatch(said)
})

test('a night that the user interrupts is no news', async () => {
  const project = await TestProject.make('all: ; sleep 30', "notify: { command: 'cat >> mailed' }")
  const running = project.start(FERRY, ['run', '--date', '2026-03-01'])
  await until(() => project.has('logs/2026-03-01/timing_env.log'))
  running.kill('SIGTERM')
  expect((await endOf(running)).code).toBe(143)
  expect(project.has('mailed')).toBe(false)
})

test('a night whose state is damaged says which file', async () => {
  const project = await TestProject.make('all: ;')
  await mkdir(join(project.directory, '.ferry/nights/2026-03-01'), { recursive: true })
  await writeFile(join(project.directory, '.ferry/nights/2026-03-01/night.json'), '{"version":')
  const result = await project.ferry('run', '--date', '2026-03-01')
  expect(result.code).toBe(65)
  expect(result.stderr).toContain('night.json` is not the state of a night')
})
