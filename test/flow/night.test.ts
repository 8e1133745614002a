import { expect, test } from 'vitest'
import { endOf, FERRY, TestProject, until } from './project.ts'

const NIGHT = ['run', '--date', '2026-03-01'] as const

test('a night in which all is well says nothing and exits 0', async () => {
  const project = await TestProject.make('all: a\na: ; echo made > $@')
  expect(await project.ferry(...NIGHT)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  expect(project.read('a')).toBe('made\n')
  expect(project.read('logs/2026-03-01/attempt-01.log')).toContain('echo made')
})

test('of two runs started at once one works and the other exits 75 and names it', async () => {
  const project = await TestProject.make('all: ; echo x >> count; sleep 3')
  const results = await Promise.all([project.ferry(...NIGHT), project.ferry(...NIGHT)])
  expect(new Set(results.map(one => one.code))).toEqual(new Set([0, 75]))
  expect(results.map(one => one.stderr).join('')).toMatch(/another `ferry run` is at work here/)
  expect(project.count('count')).toBe(1)
  const first = project.start(FERRY, [...NIGHT.slice(0, 1), '--date', '2026-03-02'])
  await until(() => project.count('count') === 2)
  const second = await project.ferry(...NIGHT)
  expect(second.stderr).toMatch(
    new RegExp(`process ${first.pid} on \\S+, night of 2026-03-02, since 2\\S+Z`),
  )
  expect((await endOf(first)).code).toBe(0)
})

test('a killed run leaves no lock, and its make does not go on beside the next', async () => {
  const project = await TestProject.make(
    // The first is met while it sleeps, however slow the machine is.
    'all: ; echo x >> begun; echo half > half; [ $$(wc -l < begun) -gt 1 ] || sleep 30; echo x >> ended',
    'max_attempts: 2',
  )
  const first = project.start(FERRY, NIGHT)
  await until(() => project.count('begun') === 1)
  first.kill('SIGKILL')
  expect((await project.ferry(...NIGHT)).code).toBe(0)
  expect([project.count('begun'), project.count('ended')]).toEqual([2, 1])
})

test('makes exactly max_attempts attempts a night, and never one more', async () => {
  const project = await TestProject.make('all: ; echo x >> count; exit 3', 'max_attempts: 3')
  const result = await project.ferry(...NIGHT)
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('attempt 3 of 3')
  expect(project.count('count')).toBe(3)
  const again = await project.ferry(...NIGHT)
  expect(again.code).toBe(1)
  expect(again.stderr).toContain('the 3 attempts of the night of 2026-03-01 are used up')
  expect(project.count('count')).toBe(3)
  expect((await project.ferry('run', '--date', '2026-03-02')).code).toBe(1)
  expect(project.count('count')).toBe(6)
})

test('with --once each call makes one attempt, and the calls share the count', async () => {
  const project = await TestProject.make(
    'all: ; echo x >> count; [ $$(wc -l < count) -ge 3 ]',
    'max_attempts: 4',
  )
  const codes: (number | null)[] = []
  for (let call = 0; call < 5; call += 1) {
    codes.push((await project.ferry(...NIGHT, '--once')).code)
  }
  expect(codes).toEqual([1, 1, 0, 0, 0])
  expect(project.count('count')).toBe(3)
})

test('with --once and the attempts used up, later calls fail and say nothing more', async () => {
  const project = await TestProject.make('all: ; echo x >> count; exit 3', 'max_attempts: 2')
  const results = []
  for (let call = 0; call < 4; call += 1) results.push(await project.ferry(...NIGHT, '--once'))
  expect(results.map(one => one.code)).toEqual([1, 1, 1, 1])
  expect(results[0]?.stderr).toContain('the next call goes on')
  expect(results[1]?.stderr).toContain('night of 2026-03-01 failed')
  expect(results.slice(2).map(one => one.stderr)).toEqual(['', ''])
  expect(project.count('count')).toBe(2)
})

test.for([
  [64, 1],
  [65, 1],
  [66, 1],
  [70, 1],
  [77, 1],
  [78, 1],
  [126, 1],
  [127, 1],
  [1, 2],
  [2, 2],
  [69, 2],
  [74, 2],
  [75, 2],
  [130, 2],
] as const)('exit code %i is tried %i time(s) of two', async ([code, times]) => {
  const project = await TestProject.make(`all: ; echo x >> count; exit ${code}`, 'max_attempts: 2')
  expect((await project.ferry(...NIGHT)).code).toBe(1)
  expect(project.count('count')).toBe(times)
})

test('a command that a signal ended is tried again', async () => {
  const project = await TestProject.make('all: ; echo x >> count; kill -9 $$$$', 'max_attempts: 2')
  expect((await project.ferry(...NIGHT)).code).toBe(1)
  expect(project.count('count')).toBe(2)
})

test('a permanent failure waits for its inputs to change; everything else goes on', async () => {
  const project = await TestProject.make(
    `all: bad flaky after
bad: ; echo x >> count-bad; grep -q good scripts/x.sql || exit 65; touch $@
flaky: ; echo x >> count-flaky; [ $$(wc -l < count-flaky) -ge 3 ] && touch $@
after: bad ; touch $@`,
    'max_attempts: 6',
    { 'scripts/x.sql': 'bad' },
  )
  const first = await project.ferry(...NIGHT)
  expect(first.code).toBe(1)
  expect([project.count('count-bad'), project.count('count-flaky')]).toEqual([1, 3])
  expect(first.stderr).toContain('What failed is not tried again until')
  expect((await project.ferry(...NIGHT)).stderr).toContain('failed for good')
  expect(project.count('count-bad')).toBe(1)
  await project.write('scripts/x.sql', 'good')
  expect((await project.ferry(...NIGHT)).code).toBe(0)
  expect([project.count('count-bad'), project.has('after')]).toEqual([2, true])
})

test('a changed recipe lets a permanent failure be tried again', async () => {
  const project = await TestProject.make('all: ; exit 65')
  expect((await project.ferry(...NIGHT)).code).toBe(1)
  await project.write('makefile', project.read('makefile').replace('exit 65', 'true'))
  expect((await project.ferry(...NIGHT)).code).toBe(0)
})

test('failures that make ignores are none', async () => {
  const project = await TestProject.make('all: a\na:\n\techo made > $@\n\t-exit 65')
  expect(await project.ferry(...NIGHT)).toMatchObject({ code: 0, stderr: '' })
  expect((await project.ferry(...NIGHT)).code).toBe(0)
  expect(project.read('a')).toBe('made\n')
})

test('failure targets and cleanup run once, at the end, and their failure counts', async () => {
  const project = await TestProject.make(
    `all: ; echo all >> order; [ $$(grep -c all order) -ge 2 ]
backup:: ; echo backup >> order; exit 4
cleanup:: ; echo cleanup >> order`,
    'max_attempts: 5, failure_targets: [backup]',
  )
  const result = await project.ferry(...NIGHT)
  expect(project.read('order').trim().split('\n')).toEqual(['all', 'all', 'backup', 'cleanup'])
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('failed: backup (exit 4)')
})

test('targets with spaces, quotes and other signs are made, swept and reported', async () => {
  const project = await TestProject.make(
    `all: with\\ space.txt it's"quoted".txt péché.txt
with\\ space.txt: ; echo x >> count; echo half > '$@'; [ $$(wc -l < count) -ge 2 ]; echo whole > '$@'
it's"quoted".txt: ; echo quoted > "it's\\"quoted\\".txt"
péché.txt: ; echo accents; exit 65`,
    'max_attempts: 3',
  )
  const result = await project.ferry(...NIGHT)
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('failed: péché.txt (exit 65')
  expect(result.stderr).toContain('  | accents')
  expect(project.read('with space.txt')).toBe('whole\n')
  expect(project.read('it\'s"quoted".txt')).toBe('quoted\n')
})

test.for([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  '%s ends make and its recipes, exits %i, and the night can go on',
  async ([signal, code]) => {
    const project = await TestProject.make(
      'all: a\na: ; echo x >> count; echo half > $@; [ $$(wc -l < count) -ge 2 ] || sleep 30; echo whole > $@',
      'max_attempts: 3',
    )
    const first = project.start(FERRY, NIGHT)
    await until(() => project.count('count') === 1)
    first.kill(signal)
    expect((await endOf(first)).code).toBe(code)
    expect(project.has('a')).toBe(false)
    expect((await project.ferry(...NIGHT)).code).toBe(0)
    expect(project.read('a')).toBe('whole\n')
  },
)

test('a second signal ends a recipe that ignores the first', async () => {
  const project = await TestProject.make(
    "all: ; trap '' TERM; touch begun; while :; do sleep 0.1; done",
  )
  const first = project.start(FERRY, NIGHT)
  await until(() => project.has('begun'))
  first.kill('SIGTERM')
  await new Promise(resolve => setTimeout(resolve, 200))
  first.kill('SIGTERM')
  const begin = performance.now()
  expect((await endOf(first)).code).toBe(143)
  expect(performance.now() - begin).toBeLessThan(8_000)
})

test('a makefile that make cannot read fails with its line, and uses up no attempt', async () => {
  const project = await TestProject.make('all\n\techo', 'max_attempts: 1')
  const result = await project.ferry(...NIGHT)
  expect(result.code).toBe(78)
  expect(result.stderr).toMatch(/makefile:3: \*\*\* missing separator/)
  await project.write('makefile', project.read('makefile').replace('all\n', 'all:\n'))
  expect((await project.ferry(...NIGHT)).code).toBe(0)
})

test('a target that nothing makes is reported as make says it', async () => {
  const project = await TestProject.make('all: nowhere', 'max_attempts: 1')
  const result = await project.ferry(...NIGHT)
  expect(result.code).toBe(1)
  expect(result.stderr).toContain("No rule to make target 'nowhere', needed by 'all'")
})

test('without targets there is nothing to make: 64', async () => {
  const project = await TestProject.make('all: ;', 'targets: []'.replace('targets: []', ''))
  await project.write('ferry.yaml', '')
  expect(await project.ferry('run')).toMatchObject({ code: 64 })
})

test('a recipe that prints 100 MB does not disturb the night', async () => {
  const project = await TestProject.make(
    'all: ; head -c 100000000 /dev/zero | tr "\\0" x | fold -w 1000; exit 65',
    'max_attempts: 1',
  )
  const result = await project.ferry(...NIGHT)
  expect(result.code).toBe(1)
  expect(result.stderr.length).toBeLessThan(10_000)
  expect(result.stderr).toMatch(/\| \.\.\. \d+ lines \.\.\./)
})
