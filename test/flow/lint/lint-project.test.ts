import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatFinding } from '../../../src/flow/lint/finding.ts'
import { type LintOptions, lintProject } from '../../../src/flow/lint/lint-project.ts'

const RULES = `TODAY := 2026-03-01
RESULTS = results/$(TODAY)
TMP_OUT = $@.tmp
SHELL := /bin/bash
.DELETE_ON_ERROR:
scaffold:: ; mkdir -p $(RESULTS)
`

async function project(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-lint-test-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), content)
  }
  return directory
}

async function lint(directory: string, more: Partial<LintOptions> = {}): Promise<string[]> {
  const findings = await lintProject({
    directory,
    environment: process.env,
    variables: { TODAY: '2026-03-01' },
    nightly: ['all'],
    placeOfNightly: () => ({ file: 'ferry.yaml', line: 3 }),
    rulesText: undefined,
    modelsFolder: 'models',
    includeRoots: ['.'],
    modelFiles: [],
    signal: AbortSignal.timeout(30_000),
    ...more,
  })
  return findings.map(formatFinding)
}

const lintMakefile = async (makefile: string, files: Record<string, string> = {}) =>
  lint(await project({ makefile, ...files }))

describe('each rule, with file and line', () => {
  test.each<[string, string, Record<string, string>, string[]]>([
    [
      'a sound project has no findings',
      `include .ferry/rules.mk
.PHONY: all
all: $(RESULTS)/a.csv $(RESULTS)/b.csv
$(RESULTS)/%.csv: scripts/%.sql scripts/x.sh | scaffold
\tferry sql $< --csv | scripts/x.sh > $(TMP_OUT) && mv $(TMP_OUT) $@
`,
      {
        '.ferry/rules.mk': RULES,
        'scripts/a.sql': 'select 1',
        'scripts/b.sql': 'select 2',
        'scripts/x.sh': 'cat',
      },
      [],
    ],
    [
      'targets and patterns that nothing reaches',
      `all: used
used: ; touch used
# Called by hand only.
lonely: used
\ttouch lonely
alias: lonely
%.never: %.in
\tcp $< $@
`,
      {},
      [
        'makefile:4: warning: no target of the night needs `lonely` [unreachable-target]',
        'makefile:6: warning: no target of the night needs `alias` [unreachable-target]',
        'makefile:7: warning: no target of the night matches the pattern `%.never` [unreachable-target]',
      ],
    ],
    [
      'a target of a make inside a recipe is reached',
      'all: ; $(MAKE) -C . other\nother: ; touch other\n',
      {},
      [],
    ],
    [
      'files that nothing mentions, through other files too',
      `all: ; scripts/run.sh && for f in $(wildcard scripts/many/*.sql); do cat $$f; done
`,
      {
        'scripts/run.sh': 'source scripts/lib.sh; python3 -c "import reader"',
        'scripts/lib.sh': 'cat "$(dirname "$0")/words.txt"',
        'scripts/words.txt': 'a',
        'scripts/old.sh': 'source scripts/older.sh',
        'scripts/older.sh': '',
        'scripts/many/one.sql': '',
        'scripts/README.md': '',
        'models/kpi.sql': '',
        'models/left.txt': '',
      },
      [
        'models/left.txt:1: warning: nothing uses this file [unused-file]',
        'scripts/old.sh:1: warning: nothing uses this file [unused-file]',
        'scripts/older.sh:1: warning: nothing uses this file [unused-file]',
      ],
    ],
    [
      'two targets that write one file',
      `all: a b c e
a: ; echo 1 > out/x.csv
b:
\t@echo start
\techo 2 | \\
\t  sort -o ./out/x.csv
c: ; echo 3 >> out/x.csv; grep -o 'a.b' makefile > /dev/null
d.csv: ; echo 4 > $@
e: d.csv ; mv tmp d.csv
`,
      {},
      [
        'makefile:5: error: `b` writes `out/x.csv`, which `a` (makefile:2) writes too [two-writers]',
        'makefile:9: error: `e` writes `d.csv`, which `d.csv` (makefile:8) writes too [two-writers]',
        'makefile:9: error: `e` writes `d.csv`, which is a target with its own recipe [two-writers]',
      ],
    ],
    [
      'a recipe that takes the place of another',
      'all: ; echo 1\nall:\n\techo 2\n',
      {},
      ['makefile:3: error: a second recipe for `all`; the one at makefile:1 is lost [two-writers]'],
    ],
    [
      'every cycle',
      `all: a x self
a: b
b: c
c: a d
d: b
x: y ; touch x
y: | x
self: self ; touch self
`,
      {},
      [
        'makefile:2: error: `a` needs `b` needs `c` needs `a` [dependency-cycle]',
        'makefile:3: error: `b` needs `c` needs `d` needs `b` [dependency-cycle]',
        'makefile:6: error: `x` needs `y` needs `x` [dependency-cycle]',
        'makefile:8: error: `self` needs `self` [dependency-cycle]',
      ],
    ],
    [
      'prerequisites that nobody makes',
      'all: a\na: missing.csv\n\ttouch a\n',
      {},
      [
        'makefile:2: error: `a` needs `missing.csv`, which is no file and which no rule makes [unknown-reference]',
      ],
    ],
    [
      'a night without its target',
      'other: ; echo\n',
      {},
      ['ferry.yaml:3: error: the night is to make `all`, which no rule makes [unknown-reference]'],
    ],
    [
      'pipes into the target itself',
      `all: a.gz b.gz c.gz d.txt
a.gz:
\t@echo one
\techo two | gzip > $@
b.gz c.gz: %.gz:
\techo $* | gzip > "$@"
d.txt: ; echo > $@
%.zst: ; echo | zstd > $@
`,
      {},
      [
        'makefile:4: warning: a pipe writes the target itself; write $(TMP_OUT), then mv $(TMP_OUT) $@ [direct-output]',
        'makefile:6: warning: a pipe writes the target itself; write $(TMP_OUT), then mv $(TMP_OUT) $@ [direct-output]',
        'makefile:8: warning: a pipe writes the target itself; write $(TMP_OUT), then mv $(TMP_OUT) $@ [direct-output]',
        'makefile:8: warning: no target of the night matches the pattern `%.zst` [unreachable-target]',
      ],
    ],
    [
      'what a comment allows is left out, only that',
      `all: ; echo
# ferry-lint: allow unreachable-target
one: ; echo
two: ; echo # ferry-lint: allow unused-file, unreachable-target
three: ; echo # ferry-lint: allow unused-file
`,
      {},
      ['makefile:5: warning: no target of the night needs `three` [unreachable-target]'],
    ],
  ])('%s', async (_, makefile, files, expected) => {
    const rest = 'models/kpi.sql' in files ? { modelFiles: ['models/kpi.sql'] } : {}
    expect(await lint(await project({ makefile, ...files }), rest)).toEqual(expected)
  })
})

test('variables that are given and never read, or read and never given', async () => {
  const makefile = `all: a b
a:
\tferry sql --on hot scripts/one.sql scripts/two.sql --var table=$@ --var old=1 --var deep=2 | cat
b: ; ../bin/ferry sql scripts/two.sql --var=x=1 --var maybe=1
`
  const directory = await project({
    makefile,
    'scripts/one.sql': "\n<%= identifier(table) %>\n<% set('later', 1) %>",
    'scripts/two.sql': "<%= x + later + today %>\n<%= include('parts/all.sql', { here: 1 }) %>",
    'scripts/parts/all.sql': '<%= here %>\n<%= ctx.maybe ?? deep %>',
  })
  const found = await lint(directory)
  expect(found).toEqual([
    'makefile:3: warning: --var old is given, but scripts/one.sql, scripts/two.sql never reads it [unused-variable]',
    'scripts/parts/all.sql:2: error: `deep` is read, but the recipe at makefile:4 does not give it [undefined-variable]',
    'scripts/two.sql:1: error: `later` is read, but the recipe at makefile:4 does not give it [undefined-variable]',
    'scripts/two.sql:1: error: `x` is read, but the recipe at makefile:3 does not give it [undefined-variable]',
  ])
})

test('a double-colon target of several rules on which several targets depend', async () => {
  const lintRules = (b: string) =>
    lintMakefile(
      `include .ferry/rules.mk
all: a b
a: | scaffold ; touch $@
b: ${b} ; touch $@
# more folders
scaffold:: ; mkdir -p out
ready: | scaffold ;
.PHONY: ready
`,
      { '.ferry/rules.mk': RULES },
    )
  const found = await lintRules('| scaffold')
  expect(found.filter(one => one.includes('[double-colon]'))).toEqual([
    'makefile:6: warning: make may start what depends on `scaffold` when only the first of its 2 rules is done; let one target depend on it (`ready: | scaffold ;`), and the others on that [double-colon]',
  ])
})

test('a double-colon target with one dependant, or with one rule, is sound', async () => {
  const makefile = `include .ferry/rules.mk
all: a b
a b: | ready ; touch $@
ready: | scaffold ;
scaffold:: ; mkdir -p out
.PHONY: ready
`
  expect(await lintMakefile(makefile, { '.ferry/rules.mk': RULES })).toEqual([])
  const single = `include .ferry/rules.mk\nall: a b\na b: | scaffold ; touch $@\n`
  expect(await lintMakefile(single, { '.ferry/rules.mk': RULES })).toEqual([])
})

test('variables of files: each is to be read by some call that names the file', async () => {
  const directory = await project({
    makefile: `all: a b c d
a: ; ferry sql scripts/a.sql --vars-file vars/all.yaml
b: ; ferry sql scripts/b.sql --vars-file=vars/all.yaml --vars-file vars/b.json
c: ; ferry sql scripts/b.sql --vars-file $(shell echo made).yaml
d: ; ferry sql scripts/b.sql --vars-file vars/list.yaml --var x=1 --vars-file vars/bad.yaml
`,
    'scripts/a.sql': '<%= city %>',
    'scripts/b.sql': '<%= x %>\n<%= y %>',
    'vars/all.yaml': '# two\ncity: Győr\nold: 1\n',
    'vars/b.json': '{\n"x": 1,\n"z": 2}',
    'vars/list.yaml': '- 1\n',
    'vars/bad.yaml': 'a: 1\n  b: 2\n',
  })
  expect(await lint(directory)).toEqual([
    'scripts/b.sql:2: error: `y` is read, but the recipe at makefile:3 does not give it [undefined-variable]',
    'vars/all.yaml:3: warning: `old` is given, but no template called with vars/all.yaml reads it [unused-variable]',
    'vars/b.json:3: warning: `z` is given, but no template called with vars/b.json reads it [unused-variable]',
    expect.stringMatching(/^vars\/bad\.yaml:1: error: .*\[broken-variables\]$/),
    'vars/list.yaml:1: error: it is no mapping of names to values [broken-variables]',
  ])
})

test.each([
  ['<%= a', 'scripts/x.sql:1: error: `<%=` is never closed [broken-template]'],
  ['\n<%= a + %>', /^scripts\/x\.sql:2: error: .* \[broken-template\]$/],
  [
    "\n\n<%= include('y.sql') %>",
    'scripts/x.sql:3: error: no file `y.sql` to include [broken-template]',
  ],
  ["<%= include('x.sql') %>", /^scripts\/x\.sql:1: error: `x\.sql` is included by itself/],
])('a template that cannot be read is a finding: %s', async (text, expected) => {
  const makefile = 'all: ; ferry sql scripts/x.sql && ferry sql scripts/x.sql\n'
  const found = await lint(await project({ makefile, 'scripts/x.sql': text }))
  expect(found).toHaveLength(1)
  expect(found[0]).toEqual(
    typeof expected === 'string' ? expected : expect.stringMatching(expected),
  )
})

const HOSTILE = `include .ferry/rules.mk
.ferry/rules.mk: ferry.yaml ; touch rules-ran && echo >> $@
all: a sub dir/deep ; +touch plus-ran
a: in ; touch $@ $(shell touch shell-in-recipe-ran)
sub: ; $(MAKE) -f makefile other; touch make-ran
own: SHELL := /bin/bash
own: ; $(MAKE) x; touch own-ran
other: ; touch other-ran
dir/deep: ; mkdir -p dir && touch $@
`

/** Names, contents and time stamps of everything below a folder. */
async function fingerprint(directory: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = [directory, ...entries.map(entry => join(entry.parentPath, entry.name))].sort()
  for (const path of paths) {
    const { mtimeNs, ctimeNs, mode, ino } = await stat(path, { bigint: true })
    hash.update(`${path} ${mtimeNs} ${ctimeNs} ${mode} ${ino}\n`)
    if (entries.some(entry => entry.isFile() && join(entry.parentPath, entry.name) === path)) {
      hash.update(await readFile(path))
    }
  }
  return hash.digest('hex')
}

test.each([
  ['as they are', undefined],
  ['old: make reads others in their place', `${RULES}extra: ; touch extra-ran\n`],
])('nothing in the project changes; its rules are %s', async (_, rulesText) => {
  const directory = await project({ makefile: HOSTILE, '.ferry/rules.mk': RULES, in: '' })
  await writeFile(join(directory, 'ferry.yaml'), '') // newer than the rules: make wants to remake
  const before = await fingerprint(directory)
  const temporary = async () =>
    (await readdir(tmpdir())).filter(name => /^ferry-lint-(?!test)/.test(name))
  const temporaryBefore = await temporary()
  await lint(directory, { rulesText })
  expect(await fingerprint(directory)).toBe(before)
  expect(await temporary()).toEqual(temporaryBefore)
})

test('rules that are not written yet are linted all the same', async () => {
  const directory = await project({
    makefile: 'include .ferry/rules.mk\n.ferry/rules.mk: ; ferry rules\nall: lost.csv ; echo\n',
  })
  expect(await lint(directory, { rulesText: RULES })).toEqual([
    'makefile:3: error: `all` needs `lost.csv`, which is no file and which no rule makes [unknown-reference]',
  ])
  expect(await readdir(directory)).toEqual(['makefile'])
})

test('a makefile that make cannot read is an error that names the line', async () => {
  await expect(lintMakefile('all:\n        echo spaces\n')).rejects.toThrow(
    /makefile:2: .*separator/,
  )
})
