import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const ferry = join(import.meta.dirname, '../../bin/ferry')
const MAKEFILE = 'include .ferry/rules.mk\n.ferry/rules.mk: ; ferry rules\n'

async function project(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-lint-test-'))
  const all = { 'ferry.yaml': 'run: { targets: [models, checks] }\n', makefile: MAKEFILE, ...files }
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), content)
  }
  return directory
}

function lint(cwd: string, ...args: string[]) {
  const { stdout, stderr, status } = spawnSync(ferry, ['lint', ...args], { cwd, encoding: 'utf8' })
  return { stdout, stderr, status }
}

test('a project with models and no rules yet is linted, and no rules are written', async () => {
  const directory = await project({
    'models/a.sql': 'select 1 as x',
    'models/b.sql': "select * from <%= ref('a') %>",
  })
  expect(lint(directory)).toEqual({ stdout: '', stderr: '', status: 0 })
  expect(await readdir(directory)).not.toContain('.ferry')
})

test('models that read unknown names are named with file and line', async () => {
  const directory = await project({
    'models/orders.sql': 'select 1 as x',
    'models/kpi.sql':
      "select *\nfrom <%= ref('order') %>\njoin <%= source('app', 'users') %> using (x)",
  })
  const { stdout, status } = lint(directory)
  expect(stdout.split('\n')).toEqual([
    'models/kpi.sql:2: error: no model `order`; did you mean `orders`? [unknown-reference]',
    'models/kpi.sql:3: error: no source `app` in ferry.yaml [unknown-reference]',
    '',
  ])
  expect(status).toBe(1)
})

test('models that read each other are a cycle', async () => {
  const directory = await project({
    'models/a.sql': "\nselect * from <%= ref('b') %>",
    'models/b.sql': "select * from <%= ref('a') %>",
  })
  const { stdout, status } = lint(directory)
  expect(stdout).toMatch(
    /^models\/[ab]\.sql:\d: error: models read each other .* \[dependency-cycle\]\n$/,
  )
  expect(status).toBe(1)
})

test('a model with a wrong header or template is named with its place', async () => {
  const header = await project({ 'models/a.sql': '/*\nmaterialise: table\n*/\nselect 1' })
  expect(lint(header).stdout).toMatch(
    /^models\/a\.sql:2: error: .*materialise.* \[broken-model\]\n$/,
  )
  const template = await project({ 'models/a.sql': 'select 1\n<%= if' })
  expect(lint(template).stdout).toMatch(/^models\/a\.sql:2: error: .* \[broken-template\]\n$/)
})

test('warnings alone are exit code 0, with --strict 1; --json is an object a line', async () => {
  const directory = await project({ makefile: `${MAKEFILE}lonely: ; touch lonely\n` })
  const line = 'makefile:3: warning: no target of the night needs `lonely` [unreachable-target]\n'
  expect(lint(directory)).toEqual({ stdout: line, stderr: '', status: 0 })
  expect(lint(directory, '--strict').status).toBe(1)
  expect(JSON.parse(lint(directory, '--json').stdout)).toEqual({
    file: 'makefile',
    line: 3,
    severity: 'warning',
    rule: 'unreachable-target',
    message: 'no target of the night needs `lonely`',
  })
})

test('a nightly target that no rule makes is named where ferry.yaml names it', async () => {
  const directory = await project({ 'ferry.yaml': 'run:\n  jobs: 2\n  targets: [models, kpis]\n' })
  expect(lint(directory).stdout).toBe(
    'ferry.yaml:3: error: the night is to make `kpis`, which no rule makes [unknown-reference]\n',
  )
})

test('the rules are those of ferry.yaml as it is now, not as they were written', async () => {
  const directory = await project({ 'models/a.sql': 'select 1 as x' })
  spawnSync(ferry, ['rules'], { cwd: directory })
  const makefile = `${MAKEFILE}all.csv: $(RESULTS)/models/a.json $(RESULTS)/models/b.json\n\ttouch $@\n`
  await writeFile(join(directory, 'makefile'), makefile)
  await writeFile(join(directory, 'ferry.yaml'), 'run: { targets: [all.csv] }\n')
  expect(lint(directory, '--date', '2026-03-01').stdout).toBe(
    'makefile:3: error: `all.csv` needs `results/2026-03-01/models/b.json`, which is no file and which no rule makes [unknown-reference]\n',
  )
  await writeFile(join(directory, 'models/b.sql'), 'select 2 as x')
  expect(lint(directory).stdout).toBe('')
})
