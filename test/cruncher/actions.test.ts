import { readdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CrunchProject } from './crunch-project.ts'

const ACCESS =
  '203.0.113.9 - - [01/Mar/2026:10:00:00 +0000] "GET /api/v1/tasks/5?x=1 HTTP/1.1" 200 12 "-" "curl/8"\n'

test('replay takes up what was rejected, once its rule is mended', async () => {
  await using project = await CrunchProject.make({ inputs: '*.log', output: 'out', max_line: 200 })
  await project.write('long.log', `${ACCESS}level=info msg="${'x'.repeat(300)}"\n${ACCESS}`)
  await project.write('other.log', ACCESS)
  const first = await project.run('--json')
  expect(first.code).toBe(65)
  expect(JSON.parse(first.stdout)).toMatchObject({ out: 3, rejected: 1 })
  const mended = { crunch: { inputs: '*.log', output: 'out', max_line: 2_000 } }
  writeFileSync(project.path('ferry.yaml'), JSON.stringify(mended))
  const again = await project.run('replay', '--json')
  expect([again.code, JSON.parse(again.stdout)]).toMatchObject([0, { out: 4, rejected: 0 }])
  expect(readdirSync(project.path('intermediate/2026-03-02/crunch/rejected'))).toEqual([])
  const nothing = await project.run('replay')
  expect([nothing.code, nothing.stdout]).toEqual([0, ''])
  expect(nothing.stderr).toContain('nothing to replay')
})

test('explain says which format, how sure, what came second, and what is in it', async () => {
  await using project = await CrunchProject.make({})
  const { code, stdout } = await project.run('explain', ACCESS.trim(), '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'access-combined',
    sureness: 'sure',
    record: { method: 'GET', path: '/api/v1/tasks/5', status: 200, time: '2026-03-01T10:00:00Z' },
  })
  const unknown = await project.run('explain', 'no such thing', '--json')
  expect(JSON.parse(unknown.stdout)).toMatchObject({ format: 'unknown', candidates: [] })
})

test('coverage has the shares of formats and routes, and what is unknown', async () => {
  await using project = await CrunchProject.make({ routes: { '/api/v1/tasks/:id': 'task' } })
  const path = await project.write('a.log', `${ACCESS.repeat(3)}what is this\n`)
  const { stdout } = await project.run('coverage', path, '--json')
  expect(JSON.parse(stdout)).toEqual({
    lines: 4,
    formats: { 'access-combined': { lines: 3, share: 0.75 } },
    routes: { task: { lines: 3, share: 1, listed: true } },
    unknown: { lines: 1, share: 0.25, examples: ['what is this'] },
  })
})

test('a configuration that init prints is one, and names the routes that coverage showed', async () => {
  await using project = await CrunchProject.make({})
  const path = await project.write('a.log', ACCESS.replace('/5?x=1', '/5/comments').repeat(3))
  const { stdout, code } = await project.run('init', path)
  expect(code).toBe(0)
  writeFileSync(project.path('ferry.yaml'), stdout)
  const lint = await project.run('lint')
  expect([lint.code, lint.stderr]).toEqual([0, ''])
  expect(lint.stdout).toContain('1 routes')
  const coverage = await project.run('coverage', path, '--json')
  expect(JSON.parse(coverage.stdout)).toMatchObject({ routes: { 'tasks.comments': { lines: 3 } } })
})

test('cases of lines and records: those that are not met are told', async () => {
  await using project = await CrunchProject.make({ routes: { '/api/v1/tasks/:id': 'task' } })
  const record = { format: 'access-combined', route: 'task', status: 200, query: 'x=1' }
  const cases = [{ name: 'a task', lines: ACCESS, records: [record] }]
  await project.write('crunch-tests.yaml', JSON.stringify(cases))
  const good = await project.run('test')
  expect([good.code, good.stdout]).toEqual([0, '1 of 1 cases passed\n'])
  const wrong = [{ name: 'a task', lines: ACCESS, records: [{ ...record, status: 404 }] }]
  await project.write('crunch-tests.yaml', JSON.stringify(wrong))
  const bad = await project.run('test')
  expect(bad.code).toBe(1)
  expect(bad.stderr).toContain('a task: record 1: `status` is 200, not 404')
})

test('lint tells what is wrong with file, line and column', async () => {
  await using project = await CrunchProject.make({})
  writeFileSync(project.path('ferry.yaml'), 'crunch:\n  keep: "status >> 3"\n  formt: csv\n')
  const { code, stderr } = await project.run('lint')
  expect(code).toBe(78)
  expect(stderr).toMatch(/ferry\.yaml:2:\d+: /)
  expect(stderr).toMatch(/ferry\.yaml:3:\d+: .*formt/)
})
