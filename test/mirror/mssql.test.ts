import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { runFerry } from '../support/run-ferry.ts'

let server: TdsServer
let directory = ''
const ferry = (...args: readonly string[]) => runFerry(args, { cwd: directory })

async function sql(statement: string): Promise<void> {
  const { code, stderr } = await ferry('sql', '--on', 'shop', '-e', statement)
  if (code !== 0) throw new Error(stderr)
}

beforeAll(async () => {
  server = await startTds()
  directory = await mkdtemp(join(tmpdir(), 'ferry-mirror-mssql-'))
  await writeFile(
    join(directory, 'ferry.yaml'),
    `warehouses: { hot: 'duckdb:./hot.duckdb' }
sources: { shop: { url: '${server.url}', overlap: 1s, tables: { tasks: { updated_at: changed } } } }\n`,
  )
  await sql(`CREATE TABLE tasks (id bigint NOT NULL PRIMARY KEY, title nvarchar(200), effort decimal(8,2),
    score real, price money, done bit, raw varbinary(20), ref uniqueidentifier, due date,
    seen datetimeoffset(6), changed datetime2(6) NOT NULL)`)
  await sql(`INSERT INTO tasks SELECT value, CONCAT(N'task "', value, N'", é'), value / 8.0, value / 7.0, value, value % 2,
    0x00FF, '6F9619FF-8B86-D011-B42D-00C04FC964FF', CAST('2026-01-01' AS date), SYSDATETIMEOFFSET(),
    DATEADD(day, -9, SYSUTCDATETIME()) FROM GENERATE_SERIES(1, 3000)`)
})
afterAll(async () => {
  await ferry('warehouse', 'stop')
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})

async function night(nr: number, ...commands: readonly string[]): Promise<string> {
  let said = ''
  for (const command of commands) {
    const { code, stdout, stderr } = await ferry(command, 'shop.tasks', '--date', `2026-03-0${nr}`)
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stdout}${stderr}`)
    said = stdout
  }
  return said
}

const sums = async (where: string): Promise<string> => {
  const query = `SELECT count(*) AS n, sum(id) AS ids, sum(effort) AS efforts, count(title) AS titles, max(title) AS last`
  const { stdout } = await ferry(
    'sql',
    '--on',
    where,
    '-e',
    `${query} FROM ${where === 'shop' ? 'tasks' : 'shop.tasks'}`,
  )
  return stdout
}

test('a table of SQL Server arrives in the warehouse, whole, then by its changes', async () => {
  await night(1, 'mirror', 'load')
  expect(await sums('hot')).toBe(await sums('shop'))
  await sql(`UPDATE tasks SET title = N'changed', changed = SYSUTCDATETIME() WHERE id = 7`)
  await sql(`INSERT INTO tasks (id, title, changed) VALUES (5000, N'new', SYSUTCDATETIME())`)
  await night(2, 'mirror', 'load')
  const { stdout } = await ferry(
    'sql',
    '-e',
    'SELECT id, title FROM shop.tasks WHERE id IN (7, 5000) ORDER BY id',
  )
  expect(stdout).toBe('id,title\n7,changed\n5000,new\n')
})

test('what is lost or was deleted is found by comparing, whatever the types, and repaired', async () => {
  expect(await night(2, 'compare')).toContain('the same')
  await sql('DELETE FROM tasks WHERE id IN (8, 9)')
  await ferry('sql', '-e', 'DELETE FROM shop.tasks WHERE id = 10')
  await ferry('sql', '-e', 'UPDATE shop.tasks SET score = score * 2 WHERE id = 11')
  await night(3, 'mirror', 'load', 'compare')
  expect(await night(3, 'compare')).toContain('the same')
  expect(await sums('hot')).toBe(await sums('shop'))
})

test('what there is to mirror is discovered, with its key and its time stamp', async () => {
  const { stdout, code } = await ferry('mirror', 'discover', 'shop')
  expect(code).toBe(0)
  expect(stdout).toContain('tasks')
})
