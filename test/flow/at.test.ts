import { expect, test } from 'vitest'
import { endOf, FERRY, TestProject, until } from './project.ts'

const SUNDAY = ['--date', '2026-03-01'] as const

test.for([
  [['at', ...SUNDAY, '1 * *', '--', 'echo', 'ran']],
  [['at', '1 * *', ...SUNDAY, '--', 'echo', 'ran']],
  [['at', '1', '*', '*', '--date=2026-03-01', '--', 'echo', 'ran']],
  [['at', ...SUNDAY, '* * sun', 'echo', 'ran']],
  [['at', ...SUNDAY, '30 4 1 * *', '--', 'echo', 'ran']],
] as const)('runs the command on a night that the rule names: ferry %j', async ([args]) => {
  const project = await TestProject.make('all: ;')
  expect(await project.ferry(...args)).toMatchObject({ code: 0, stdout: 'ran\n', stderr: '' })
})

test('on other nights it says when it next will, and counts as done', async () => {
  const project = await TestProject.make(
    'all: a\na: ; ferry at "2 * *" -- echo ran >> ran; touch $@',
  )
  expect(await project.ferry('at', ...SUNDAY, '2 * *', '--', 'echo', 'ran')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'ferry: not on 2026-03-01; `2 * *` next matches on 2026-03-02\n',
  })
  expect(await project.ferry('at', ...SUNDAY, '31 2 *', '--', 'echo', 'ran')).toMatchObject({
    code: 0,
    stderr: 'ferry: not on 2026-03-01; `31 2 *` never matches\n',
  })
  expect((await project.ferry('run', '--date', '2026-03-03')).code).toBe(0)
  expect([project.has('a'), project.read('ran')]).toEqual([true, ''])
})

test.for([
  [['at', ...SUNDAY, '1 * *', '--', 'bash', '-c', 'exit 42'], 42],
  [['at', ...SUNDAY, '1 * *', '--', 'bash', '-c', 'kill -9 $$'], 137],
  [['at', ...SUNDAY, '1 * *', '--', './nowhere'], 78],
  [['at', ...SUNDAY, '1 *', '--', 'echo'], 64],
  [['at', ...SUNDAY, '1 * *'], 64],
  [['at', '--date', '2026-02-30', '1 * *', '--', 'echo'], 64],
] as const)(
  'passes on the exit code, or says what is wrong: ferry %j exits %i',
  async ([args, code]) => {
    const project = await TestProject.make('all: ;')
    expect((await project.ferry(...args)).code).toBe(code)
  },
)

test('the date is that of the night: TODAY of the environment', async () => {
  const project = await TestProject.make('all: ;')
  const at = project.start(FERRY, ['at', '1 * *', '--', 'echo', 'ran'], { TODAY: '2026-03-01' })
  expect((await endOf(at)).stdout).toBe('ran\n')
})

test('a signal is passed on to the command', async () => {
  const project = await TestProject.make('all: ;')
  const script = "trap 'touch caught; exit 7' TERM; touch begun; while :; do sleep 0.05; done"
  const at = project.start(FERRY, ['at', ...SUNDAY, '1 * *', '--', 'bash', '-c', script])
  await until(() => project.has('begun'))
  at.kill('SIGTERM')
  expect((await endOf(at)).code).toBe(7)
  expect(project.has('caught')).toBe(true)
})

test('the calendar lists what runs on some nights only', async () => {
  const project = await TestProject.make(
    `MONTHLY = 1 * *
all: $(RESULTS)/month.csv weekly.csv nightly.csv odd.csv
$(RESULTS)/month.csv: ; ferry at '$(MONTHLY)' -- touch $@
weekly.csv: nightly.csv ; @ferry at "* * mon" --date $(TODAY) -- touch $@
odd.csv: ; cd . && ferry at 2 \\* \\* -- touch $@
nightly.csv: ; touch $@`,
  )
  const result = await project.ferry('calendar', '--date', '2026-02-28', '--days', '4')
  expect(result).toMatchObject({ code: 0, stderr: '' })
  expect(result.stdout).toBe(`2026-02-28 Sat  -
2026-03-01 Sun  results/2026-03-01/month.csv
2026-03-02 Mon  odd.csv  weekly.csv
2026-03-03 Tue  -
every night: 1 other target
`)
  const json = await project.ferry('calendar', '--date', '2026-02-28', '--days', '2', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({
    nightly: 1,
    days: [
      { date: '2026-02-28', targets: [] },
      { date: '2026-03-01', targets: [{ target: 'results/2026-03-01/month.csv', rule: '1 * *' }] },
    ],
  })
  expect(project.has('nightly.csv')).toBe(false)
})

test('the calendar tells of a rule that is none', async () => {
  const project = await TestProject.make("all: ; ferry at '1 x *' -- true")
  const result = await project.ferry('calendar')
  expect(result.code).toBe(65)
  expect(result.stderr).toContain('all: `1 x *` is not a calendar rule')
})
