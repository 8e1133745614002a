/**
 * `ferry load` of 5 million rows (one part, CSV, zstd) into DuckDB, beside DuckDB's own CREATE TABLE AS
 * from the same file, with the same limit of memory. Both times begin with the start of a process and
 * end with the commit; both warehouses are new. Budget: 1.3 times.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { taskColumns, writeTasks } from './tasks.ts'

const ROWS = Number(process.env['ROWS'] ?? 5_000_000)
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const ferry = resolve(import.meta.dirname, '../../bin/ferry')
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const OWN = `
  import { DuckDBInstance } from '@duckdb/node-api'
  const [path, file] = process.argv.slice(1)
  const instance = await DuckDBInstance.create(path, { memory_limit: '512MB' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(\`CREATE TABLE tasks AS SELECT * FROM read_csv('\${file}', header = true, columns = {
    'id': 'BIGINT', 'user_id': 'BIGINT', 'title': 'VARCHAR', 'done': 'BOOLEAN', 'created_on': 'DATE',
    'updated_at': 'TIMESTAMP WITH TIME ZONE', 'price': 'DECIMAL(10,2)', 'note': 'VARCHAR' })\`)
  process.exit(0)`

function timed(command: string, args: readonly string[], cwd: string): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`)
  return performance.now() - started
}

const project = await mkdtemp(join(tmpdir(), 'ferry-bench-load-'))
try {
  await writeFile(join(project, 'ferry.yaml'), 'warehouses: { hot: "duckdb:./hot.duckdb" }\n')
  const file = await writeTasks(project, { rows: ROWS, columns: taskColumns, isComplete: true })
  const times = { ferry: [] as number[], own: [] as number[] }
  const flags = ['--input-type=module', '-e', OWN, join(project, 'own.duckdb'), file]
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of ['hot.duckdb', 'hot.duckdb.wal', 'own.duckdb', 'own.duckdb.wal']) {
      await rm(join(project, name), { force: true })
    }
    times.own.push(timed(process.execPath, flags, resolve(import.meta.dirname, '../..')))
    times.ferry.push(timed(ferry, ['load', 'production.tasks', '--date', '2026-11-28'], project))
    const count = ['sql', '-e', 'select count(*) from production.tasks', '--csv']
    const { stdout } = spawnSync(ferry, count, { cwd: project, encoding: 'utf8' })
    if (!stdout.includes(String(ROWS))) throw new Error(`${stdout} instead of ${ROWS}`)
    timed(ferry, ['warehouse', 'stop'], project)
  }
  const [own, loaded] = [median(times.own), median(times.ferry)]
  console.log(
    `${ROWS} rows: ferry load ${loaded.toFixed(0)} ms, DuckDB's own ${own.toFixed(0)} ms: ` +
      `${(loaded / own).toFixed(2)} times (budget 1.3)`,
  )
  console.log(JSON.stringify(times))
} finally {
  spawnSync(ferry, ['warehouse', 'stop'], { cwd: project })
  await rm(project, { recursive: true, force: true })
}
