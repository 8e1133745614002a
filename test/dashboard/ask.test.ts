import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { runFerry } from '../support/run-ferry.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

let postgres: PostgresServer
let project: PagesProject
let web: RunningWeb
let token: string

const TABLE = `CREATE TABLE users (id bigint, name text, joined date);
  INSERT INTO users VALUES (1, 'Ana', '2026-03-01'), (2, NULL, '2026-03-02'), (9007199254740993, 'Bo', '2026-03-03');`

beforeAll(async () => {
  postgres = await startPostgres()
  project = await PagesProject.make(
    `warehouses: { hot: "duckdb:./hot.duckdb", cold: "${postgres.url}" }\n`,
  )
  for (const on of ['hot', 'cold']) {
    const made = await runFerry(['sql', '--on', on, '-e', TABLE], { cwd: project.folder })
    expect(made.stderr).toBe('')
  }
  web = await project.serve()
  const page = await (await web.get('/ask')).text()
  token = /name="csrf-token" content="([^"]*)"/.exec(page)?.[1] ?? ''
}, 60_000)
afterAll(async () => {
  await web.stop()
  await runFerry(['warehouse', 'stop'], { cwd: project.folder })
  await postgres.stop()
  await project[Symbol.asyncDispose]()
})

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${web.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-csrf-token': token,
      ...headers,
    },
    body: JSON.stringify(body),
  })

describe.each(['hot', 'cold'])('asking %s', warehouse => {
  test('a query is answered: texts that lose nothing, and a chart', async () => {
    const sql = 'SELECT joined, id, name FROM users ORDER BY id'
    const answer = await post('/ask/run', { warehouse, sql })
    expect(await answer.json()).toMatchObject({
      columns: [{ name: 'joined' }, { name: 'id' }, { name: 'name' }],
      rows: [
        ['2026-03-01', '1', 'Ana'],
        ['2026-03-02', '2', null],
        ['2026-03-03', '9007199254740993', 'Bo'],
      ],
      isCut: false,
      chart: { kind: 'lines' },
    })
  })

  test('more rows than are shown are told', async () => {
    const sql = 'SELECT * FROM generate_series(1, 7000)'
    const answer: unknown = await (await post('/ask/run', { warehouse, sql })).json()
    expect(Object(answer).rows).toHaveLength(1_000)
    expect(Object(answer).isCut).toBe(true)
  })

  test.each([
    "INSERT INTO users VALUES (5, 'x', NULL)",
    'DELETE FROM users',
    'DROP TABLE users',
    'CREATE TABLE more (a int)',
    'WITH gone AS (DELETE FROM users RETURNING id) SELECT * FROM gone',
    'SELECT 1; DROP TABLE users',
    "COPY users TO '/tmp/ferry-ask.csv'",
    'COMMIT',
  ])('%s changes nothing', async sql => {
    const answer = await post('/ask/run', { warehouse, sql })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    const left = await post('/ask/run', { warehouse, sql: 'SELECT count(*) FROM users' })
    expect(await left.json()).toMatchObject({ rows: [['3']] })
  })

  test('a mistake is told as the database tells it', async () => {
    const answer = await post('/ask/run', { warehouse, sql: 'SELECT nobody FROM users' })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(await answer.json())).toContain('nobody')
  })

  test('tables and columns are there for completion', async () => {
    const schema = await web.get(`/ask/schema?warehouse=${warehouse}`)
    expect(await schema.json()).toMatchObject({ users: ['id', 'name', 'joined'] })
  })
})

test.each([
  "SELECT * FROM '/etc/passwd'",
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM glob('/etc/*')",
  "SELECT (SELECT content FROM read_text('/etc/passwd'))",
  "WITH x AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM x",
  "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
  "SELECT getenv('HOME')",
  "ATTACH '/tmp/other.duckdb'",
  "SET memory_limit = '1TB'",
  'PRAGMA database_list',
])('the embedded warehouse reads no files: %s', async sql => {
  const answer = await post('/ask/run', { warehouse: 'hot', sql })
  expect(answer.status).toBe(403)
})

test('a question is saved as a file of the project, and opened by its name', async () => {
  const saved = await post('/ask/save', { name: 'new-users', sql: 'SELECT 1' })
  expect(saved.status).toBe(200)
  expect(await readFile(join(project.folder, 'queries/new-users.sql'), 'utf8')).toBe('SELECT 1\n')
  const page = await (await web.get('/ask?query=new-users')).text()
  expect(page).toContain('>SELECT 1\n</textarea>')
  expect(page).toContain('href="/ask?query=new-users"')
})

test.each(['../evil', 'a/b', '.hidden', '', 'x'.repeat(65), 'a\0b'])(
  'the name %j is no name of a query',
  async name => {
    const answer = await post('/ask/save', { name, sql: 'SELECT 1' })
    expect(answer.status).toBe(400)
    expect(existsSync(join(project.folder, 'evil.sql'))).toBe(false)
    const opened = await web.get(`/ask?query=${encodeURIComponent(name)}`)
    expect(opened.status).toBe(400)
  },
)

test('nothing is asked by a page of somebody else', async () => {
  const foreign = await post(
    '/ask/run',
    { warehouse: 'hot', sql: 'SELECT 1' },
    { 'x-csrf-token': '' },
  )
  expect(foreign.status).toBe(403)
})
