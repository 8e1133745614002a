import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FERRY_HOME, NightProject } from '../support/night-project.ts'

let project: NightProject
beforeEach(() => {
  project = new NightProject()
})
afterEach(() => project.remove())

describe('dates', () => {
  const show =
    'show: ; @echo $(TODAY) $(YESTERDAY) $(YESTERDAY_SLASHED) $(INTERMEDIATE) $(RESULTS) $(LOGS)\n'

  test.each([
    ['2026-03-01', '2026-02-28'],
    ['2024-03-01', '2024-02-29'],
    ['2026-01-01', '2025-12-31'],
    ['1970-01-01', '1969-12-31'],
    ['2026-08-09', '2026-08-08'],
  ])('the day before %s is %s', async (today, yesterday) => {
    const ended = await project.makefile(show).run('make', ['-s', `TODAY=${today}`, 'show'])
    expect(String(ended.stdout)).toBe(
      `${today} ${yesterday} ${yesterday.replaceAll('-', '/')} intermediate/${today} results/${today} logs/${today}\n`,
    )
  })

  test.each(['2026-02-29', '2026-13-01', '2026-3-1', 'yesterday', "x'; touch oops; '"])(
    '%s is refused',
    async today => {
      const ended = await project.makefile(show).run('make', [`TODAY=${today}`])
      expect(ended.code).toBe(2)
      expect(String(ended.stderr)).toContain('is not a date; write it as year-month-day')
      expect(existsSync(join(project.folder, 'oops'))).toBe(false)
    },
  )

  test('the clock of the time zone gives the date when nobody does', async () => {
    const ended = await project
      .makefile(show)
      .run('make', ['-s', 'show'], { environment: { TODAY: '' } })
    const days = [0, 60_000].map(ms => new Date(Date.now() - ms).toISOString().slice(0, 10))
    expect(days).toContain(String(ended.stdout).slice(0, 10))
  })

  test('recipes and makes inside them see the same date', async () => {
    project.makefile(
      'show: ; @echo $$TODAY; $(MAKE) -s inner\ninner: ; @echo $(TODAY) $(YESTERDAY)\n',
    )
    expect(String((await project.make(['-s', '--no-print-directory', 'show'])).stdout)).toBe(
      '2026-03-01\n2026-03-01 2026-02-28\n',
    )
  })
})

describe('the tracking shell', () => {
  test('runs every kind of recipe, with the target and its name as they are', async () => {
    project.makefile(
      [
        `all: deep/er/file phony twice static.x two\\ words q'uo"te dol$$lar`,
        '.PHONY: phony',
        'deep/er/file: ; @mkdir -p $(@D); touch $@',
        'phony: ; @:',
        'twice:: ; @: 1',
        'twice:: ; @: 2',
        'static.x: %.x: ; @:',
        `two\\ words q'uo"te: ; @:`,
        'dol$$lar: ; @:\n',
      ].join('\n'),
    )
    const ended = await project.make(['all'])
    expect(String(ended.stderr)).toBe('')
    expect(
      project
        .records()
        .filter(record => record.tag === 'END')
        .map(record => record.target),
    ).toEqual([
      'deep/er/file',
      'phony',
      'twice',
      'twice',
      'static.x',
      'two words',
      `q'uo"te`,
      'dol$lar',
    ])
  })

  test('does not run $(shell ...), in a recipe or outside, of an inner make either', async () => {
    project.makefile(
      'OUT := $(shell echo out; false; echo still)\nall: ; @echo $(OUT) $(shell echo in); $(MAKE) -s inner\ninner: ; @echo $(OUT) $(shell echo in)\n',
    )
    const ended = await project.make(['-s', '--no-print-directory', 'all'])
    expect(String(ended.stdout)).toBe('out still in\nout still in\n')
    expect(
      project
        .records()
        .filter(({ tag }) => tag === 'END')
        .map(record => record.target),
    ).toEqual(['inner', 'all'])
  })

  test('is what $(SHELL) says, and gets the flags of .SHELLFLAGS', async () => {
    project.makefile('.SHELLFLAGS := -euc\nall:\n\t@echo $(SHELL)\n\t@echo $$nothing\n')
    const ended = await project.make(['all'])
    expect(String(ended.stdout)).toBe(`${FERRY_HOME}/bin/tracking-shell\n`)
    expect(String(ended.stderr)).toContain('unbound variable')
  })

  test('a failed target is removed, and a temporary name keeps it from being there at all', async () => {
    project.makefile(
      'all: bad temporary\nbad: ; @echo half > $@; false\ntemporary: ; @{ echo half; false; } > $(TMP_OUT) && mv $(TMP_OUT) $@\n',
    )
    expect((await project.make(['-k', 'all'])).code).toBe(2)
    expect(existsSync(join(project.folder, 'bad'))).toBe(false)
    expect(existsSync(join(project.folder, 'temporary'))).toBe(false)
    expect(
      readdirSync(project.folder).some(name => /^temporary\.tmp-[0-9a-f]+-\d+$/.test(name)),
    ).toBe(true)
  })
})

describe('targets', () => {
  test.each([
    ['the include first', 'include .ferry/rules.mk\n.ferry/rules.mk: ; ferry rules\n', ''],
    ['the include last', '', 'include .ferry/rules.mk\n.ferry/rules.mk: ; ferry rules\n'],
  ])("the user's first target is the default goal, with %s", async (_, head, tail) => {
    project.makefile(`mine: ; @echo mine\nother: ; @echo other\n${tail}`, head)
    const ended = await project.make([])
    expect(String(ended.stdout)).toBe('mine\n')
    expect(String(ended.stderr)).toBe('')
  })

  test('a project that never had rules gets them first, and new ones when a source changed', async () => {
    project.makefile('mine: ; @echo mine\n', 'include .ferry/rules.mk\n.ferry/rules.mk: ; false\n')
    project.write('bin/ferry', '#!/bin/bash\necho "ferry $*"\ntouch .ferry/fresh.mk\n', 0o755)
    writeFileSync(join(project.folder, 'ferry.yaml'), '')
    await project.run('touch', ['-d', '1 hour ago', '.ferry/fresh.mk'])
    const args = [`FERRY=${project.folder}/bin/ferry`, '-s']
    expect(String((await project.make(args)).stdout)).toBe('ferry rules\nmine\n')
    expect(String((await project.make(args)).stdout)).toBe('mine\n')
    expect(existsSync(join(project.logs, '.ferry%2Frules.mk.log'))).toBe(false)
  })

  test('list-all-targets gives what can be made, sorted, and nothing internal', async () => {
    project.makefile(
      'mine: results/$(TODAY)/a.csv two\\ words\nresults/$(TODAY)/a.csv: source.txt ; touch $@\ntwo\\ words: X := 1\ntwo\\ words: ; :\n',
    )
    project.write('source.txt', '')
    const ended = await project.make(['list-all-targets'])
    expect(String(ended.stderr)).toBe('')
    expect(String(ended.stdout).trimEnd().split('\n')).toEqual([
      'backup',
      'clean-test',
      'cleanup',
      'list-all-targets',
      'mine',
      'nuke',
      'results/2026-03-01/a.csv',
      'scaffold',
      'two words',
    ])
  })

  test('scaffold, backup, cleanup, nuke and clean-test do their part and can be added to', async () => {
    project.makefile('backup:: ; @echo saved\n')
    expect((await project.make(['scaffold'])).code).toBe(0)
    const folder = join(project.folder, 'intermediate/2026-03-01')
    expect(String((await project.make(['backup'])).stdout)).toBe('saved\n')
    mkdirSync(join(project.folder, 'results/1970-01-01'), { recursive: true })
    for (const name of ['a b.tmp-12ab-999999', 'kept.csv']) writeFileSync(join(folder, name), '')
    expect((await project.make(['cleanup'])).code).toBe(0)
    expect(readdirSync(folder)).toEqual(['kept.csv'])
    expect((await project.make(['clean-test'])).code).toBe(0)
    expect(existsSync(join(project.folder, 'results/1970-01-01'))).toBe(false)
    expect((await project.make(['nuke'])).code).toBe(0)
    expect([existsSync(folder), existsSync(project.logs)]).toEqual([false, false])
  })

  test('scaffold comes first in a chain of pattern rules too, with what was added to it', async () => {
    project.makefile(`all: a.z b.z
scaffold:: ; @sleep 0.2; echo added
%.z: %.w ; @echo $@
%.w: | scaffold ; @echo $@
`)
    const ended = await project.run('make', ['-s', '-j4', 'all'])
    expect(String(ended.stderr)).toBe('')
    const lines = String(ended.stdout).trim().split('\n')
    expect([lines[0], lines.toSorted()]).toEqual(['added', ['a.w', 'a.z', 'added', 'b.w', 'b.z']])
  })

  test('ferry is found by recipes', async () => {
    project.makefile('all: ; @command -v ferry\n')
    expect(String((await project.make(['all'])).stdout)).toBe(`${FERRY_HOME}/bin/ferry\n`)
  })
})
