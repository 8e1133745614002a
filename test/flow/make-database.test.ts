import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { MakeDatabase } from '../../src/flow/make-database.ts'
import { readMakeDatabase } from '../../src/flow/read-make-database.ts'

async function project(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-database-'))
  for (const [name, content] of Object.entries(files))
    await writeFile(join(directory, name), content)
  return directory
}

const read = (directory: string, ...targets: string[]): Promise<MakeDatabase> =>
  readMakeDatabase({
    directory,
    environment: process.env,
    variables: { TODAY: '2026-03-01' },
    targets,
    signal: AbortSignal.timeout(30_000),
  })

const MAKEFILE = `
SHELL := /bin/dash
define several
echo a
echo b
endef
NAME = x$(TODAY)
.DELETE_ON_ERROR:
.PHONY: all sub
all: $(NAME).out sub with\\ blank.txt dir/12\\:30.csv | dir
%.out: %.in | dir
\t@echo 1 > $@; \\
\t  echo 2
\t-$(several)
dir: ; mkdir dir
sub: ; +touch plus-ran; $(MAKE) other
with\\ blank.txt: x.in with\\ blank.in
\tcp x.in '$@'
dir/12\\:30.csv: ; touch $@
g1 g2 &: x.in ; touch g1 g2
twice:: x.in ; echo 1
twice:: ; echo 2
`

test('reads targets, prerequisites, recipes and their places as make sees them', async () => {
  const directory = await project({
    makefile: MAKEFILE,
    'x2026-03-01.in': '',
    'x.in': '',
    'with blank.in': '',
  })
  const database = await read(directory, 'all', 'g1', 'nobody')
  const target = (name: string) => database.targets.get(name)
  expect(target('all')).toMatchObject({
    phony: true,
    prerequisites: ['x2026-03-01.out', 'sub', 'with blank.txt', 'dir/12:30.csv'],
    orderOnly: ['dir'],
    recipes: [],
  })
  expect(target('x2026-03-01.out')).toMatchObject({
    isTarget: true,
    prerequisites: ['x2026-03-01.in'],
    orderOnly: ['dir'],
    recipes: [{ lines: ['@echo 1 > $@; \\\n  echo 2', '-$(several)'], file: 'makefile', line: 12 }],
  })
  expect(target('x2026-03-01.in')).toMatchObject({ isTarget: false, recipes: [] })
  expect(target('with blank.txt')?.prerequisites).toEqual(['x.in', 'with blank.in'])
  expect(target('dir/12:30.csv')?.recipes).toHaveLength(1)
  expect(target('g1')?.alsoMakes).toEqual(['g2'])
  expect(target('twice')).toMatchObject({ doubleColon: true, prerequisites: ['x.in'] })
  expect(target('twice')?.recipes.map(one => one.lines)).toEqual([[' echo 1'], [' echo 2']])
  expect(database.variables.get('several')).toMatchObject({ value: 'echo a\necho b', line: 3 })
  expect(database.variables.get('NAME')).toMatchObject({
    value: 'x$(TODAY)',
    origin: 'makefile',
    simple: false,
    line: 7,
  })
  expect(database.makefiles).toEqual(['makefile'])
  expect(new Set(database.outOfDate)).toEqual(
    new Set(['dir', 'x2026-03-01.out', 'sub', 'with blank.txt', 'dir/12:30.csv', 'g1']),
  )
  expect(database.complaints).toEqual(["No rule to make target 'nobody'."])
})

test('touches nothing: neither `+` lines, nor $(MAKE), nor makefiles that are out of date', async () => {
  const directory = await project({
    makefile: `
include generated.mk
generated.mk: source ; touch ran-include; echo 'A := 2' > $@
VALUE := $(shell echo computed)
all: child ; +touch ran-plus
child: SHELL := /bin/sh
child: ; $(MAKE) -f no-such-makefile || touch ran-make
`,
    'generated.mk': 'A := 1\n',
    source: '',
  })
  await utimes(join(directory, 'generated.mk'), new Date(0), new Date(0))
  const before = await listing(directory)
  const database = await read(directory, 'all')
  expect(await listing(directory)).toEqual(before)
  expect(database.outOfDate).toEqual(['generated.mk', 'child', 'all'])
  expect(database.variables.get('VALUE')?.value).toBe('computed')
})

async function listing(directory: string): Promise<string[]> {
  const names = await readdir(directory)
  return Promise.all(
    names.sort().map(async name => `${name} ${(await stat(join(directory, name))).mtimeMs}`),
  )
}

test.for([
  ['all\n\techo', /makefile:1: .*missing separator/],
  ['include nowhere.mk', /nowhere\.mk/],
  ['$(error this night is off)', /this night is off/],
] as const)(
  'a makefile that make cannot read is an error with its line: %s',
  async ([text, what]) => {
    const directory = await project({ makefile: text })
    await expect(read(directory, 'all')).rejects.toThrow(what)
  },
)

test('10,000 targets are read in a few seconds', async () => {
  const count = 10_000
  const lines = ['all:']
  for (let at = 0; at < count; at += 1) {
    lines.push(`all: out/${at}`, `out/${at}: ${at > 3 ? `out/${at - 3}` : ''} ; echo ${at} > $@`)
  }
  const directory = await project({ makefile: lines.join('\n') })
  const begin = performance.now()
  const database = await read(directory, 'all')
  const spent = performance.now() - begin
  expect(database.outOfDate).toHaveLength(count)
  const plain = performance.now()
  execFileSync('make', ['-n', 'all'], { cwd: directory, stdio: 'ignore' })
  const make = performance.now() - plain
  expect(spent).toBeLessThan(10 * make + 3_000)
})
