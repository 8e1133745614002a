import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderRules } from '../../src/flow/rules.ts'
import type { MakeRule } from '../../src/formats/make-rule.ts'
import { TestProject } from './project.ts'

const render = (rules: readonly MakeRule[]): string =>
  renderRules({ home: '/x', timeZone: 'UTC', preamble: '', rules, sources: [], sourceFolders: [] })

/** What make makes of one rule: the name it gives the target, and whether the target is found. */
async function makeOf(name: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-rules-'))
  const recipe = [`printf '%s' "$$T" > "$$OUT"`]
  const rules = render([
    { target: 'all', prerequisites: [name], recipe: [], phony: true },
    { target: name, prerequisites: [], recipe },
  ])
  const out = join(directory, 'seen')
  await writeFile(join(directory, 'makefile'), `export T = $@\n${rules}`)
  execFileSync('make', ['-rR', 'all'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], OUT: out },
    stdio: 'pipe',
  })
  return readFile(out, 'utf8')
}

test.for([
  'plain.txt',
  'with space.txt',
  'a$b',
  '$',
  '$$(home)x',
  'a#b',
  '#',
  'a:b',
  '12:30:59',
  '50%',
  '%',
  'back\\slash',
  'a\\ b',
  'a\\#b',
  'a\\\\:b',
  "it's",
  '"quoted"',
  'péché',
  '-dash',
  '@at',
  '{a,b}',
  'a`b',
  '!',
] as const)('make takes the name `%s` for what it is', async name => {
  expect(await makeOf(name)).toBe(name)
})

test.for([
  '',
  'a;b',
  'a=b',
  'a|b',
  'a*',
  'a?b',
  '[ab]',
  '~x',
  'a\\',
  'a ',
  'a\tb',
  'a\nb',
  'lib(x)',
])('a name that make cannot hold is refused: %j', name => {
  expect(() => render([{ target: name, prerequisites: [], recipe: [] }])).toThrow(
    /make cannot hold the name/,
  )
})

test('every name is taken for what it is, or refused', { timeout: 120_000 }, async () => {
  const letters = fc.constantFrom(...Array.from(`ab $#:%\\'"(){}=;|&~*?[]<>!@+,.-\`^é`))
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: letters, minLength: 1, maxLength: 6 }), async name => {
      // A `$(NAME)` is for make to expand; `.` and `..` are there already.
      fc.pre(!/\$\([A-Z]/.test(name) && !/^[./\s]*$/.test(name) && name !== 'all')
      try {
        render([{ target: name, prerequisites: [], recipe: [] }])
      } catch {
        return // refused, as the tests above want it
      }
      expect(await makeOf(name)).toBe(name)
    }),
    { numRuns: process.env['FERRY_SOAK'] === '1' ? 3_000 : 150 },
  )
})

test('variables in names are left for make', () => {
  const rules = render([
    {
      target: '$(RESULTS)/a b',
      prerequisites: ['$(TODAY)'],
      orderOnly: ['scaffold'],
      recipe: ['x'],
    },
  ])
  expect(rules).toContain('$(RESULTS)/a\\ b: $(TODAY) | scaffold\n\tx\n')
})

/** A `node` that leaves a mark each time it starts. */
async function recordingNode(project: TestProject): Promise<Record<string, string>> {
  const path = join(project.directory, 'shim')
  await project.write(
    'shim/node',
    `#!/bin/sh\necho x >> ${project.directory}/node-started\nexec ${process.execPath} "$@"\n`,
  )
  await chmod(join(path, 'node'), 0o755)
  return { PATH: `${path}:${process.env['PATH']}` }
}

test('make starts no Node when nothing changed, and makes the rules anew when ferry.yaml did', async () => {
  const project = await TestProject.make('all: ; @echo done')
  const environment = await recordingNode(project)
  const make = () =>
    execFileSync('make', ['all'], {
      cwd: project.directory,
      env: { ...process.env, ...environment },
      stdio: 'pipe',
    })
  make()
  const rules = project.read('.ferry/rules.mk')
  expect(rules).toContain('FERRY_TIMEZONE := UTC')
  const execs = (): string =>
    execFileSync(
      'bash',
      [
        '-c',
        'strace -f -e trace=execve -o trace make all >/dev/null && grep -c "bin/node" trace || true',
      ],
      { cwd: project.directory, encoding: 'utf8' },
    ).trim()
  const hasStrace = execFileSync('bash', ['-c', 'command -v strace || true']).length > 0
  const before = project.count('node-started')
  make()
  make()
  expect(project.count('node-started')).toBe(before)
  if (hasStrace) expect(execs()).toBe('0')
  const stamp = (await stat(join(project.directory, '.ferry/rules.mk'))).mtimeMs
  await project.write('ferry.yaml', 'timezone: Europe/Budapest\n')
  make()
  expect(project.read('.ferry/rules.mk')).toContain('FERRY_TIMEZONE := Europe/Budapest')
  expect((await stat(join(project.directory, '.ferry/rules.mk'))).mtimeMs).toBeGreaterThan(stamp)
})

test('a broken ferry.yaml fails clearly and leaves the old rules', async () => {
  const project = await TestProject.make('all: ; @echo done')
  expect((await project.make('all')).code).toBe(0)
  const rules = project.read('.ferry/rules.mk')
  await project.write('ferry.yaml', 'rum: {}\n')
  const result = await project.make('all')
  expect(result.code).toBe(2)
  expect(result.stderr).toContain('ferry.yaml:1:1: unknown key `rum`; did you mean `run`?')
  expect(project.read('.ferry/rules.mk')).toBe(rules)
  await project.write('ferry.yaml', '')
  expect((await project.make('all')).code).toBe(0)
})

test('a source stamped in the future does not make make loop', async () => {
  const project = await TestProject.make('all: ; @echo done')
  expect((await project.ferry('rules')).code).toBe(0)
  const future = new Date(Date.now() + 3_600_000)
  await utimes(join(project.directory, 'ferry.yaml'), future, future)
  const child = project.start('timeout', ['20', 'make', 'all'])
  const code = await new Promise(resolve => child.once('exit', resolve))
  expect(code).toBe(0)
})

test('the rules follow the models: one that changes, comes or goes', async () => {
  const project = await TestProject.make('all: ; @echo done')
  const environment = await recordingNode(project)
  const make = (): void => {
    const env = { ...process.env, ...environment }
    execFileSync('make', ['all'], { cwd: project.directory, env, stdio: 'pipe' })
  }
  const models = (): string[] =>
    Array.from(project.read('.ferry/rules.mk').matchAll(/^model-(\w+):/gm), match => match[1] ?? '')
  make()
  expect(models()).toEqual([])
  await project.write('models/a.sql', 'select 1 as one')
  make()
  expect(project.has('results')).toBe(false) // reading the models builds none
  expect(models()).toEqual(['a'])
  await project.write('models/b.sql', 'select 2 as two')
  await project.write('models/sub/c.sql', "select * from <%= ref('a') %>")
  make()
  expect(models()).toEqual(['a', 'b', 'c'])
  expect(project.read('.ferry/rules.mk')).toMatch(
    /^results\/\$\(TODAY\)\/models\/c\.json: models\/sub\/c\.sql results\/\$\(TODAY\)\/models\/a\.json$/m,
  )
  const started = project.count('node-started')
  make()
  expect(project.count('node-started')).toBe(started)
  await rm(join(project.directory, 'models/b.sql'))
  make()
  expect(models()).toEqual(['a', 'c'])
  await project.write('models/sub/c.sql', "select * from <%= ref('nobody') %>")
  expect((await project.make('all')).stderr).toContain('nobody')
  expect(models()).toEqual(['a', 'c'])
  await rm(join(project.directory, 'models'), { recursive: true })
  make()
  expect(models()).toEqual([])
  const before = project.count('node-started')
  make()
  expect(project.count('node-started')).toBe(before)
})
