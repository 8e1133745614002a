/**
 * A merge of 0.5 % changes (nine in ten change a row, one is new) into tables of 1 and of 10 million
 * rows, DuckDB and PostgreSQL: `ferry load`, from the start of the process to its end. Budget: the time
 * by changed row at 10 million rows is at most 1.5 times that at 1 million. Compared with both, as the
 * start of a process weighs more on the smaller one: the seconds that each merge took beyond a load of
 * one row.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startPostgres } from '../../servers/postgres.ts'
import { taskColumns, writeTasks } from './tasks.ts'

const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const SIZES = (process.env['SIZES'] ?? '1000000,10000000').split(',').map(Number)
const ferry = resolve(import.meta.dirname, '../../bin/ferry')
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

function run(project: string, args: readonly string[]): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(ferry, args, { cwd: project, encoding: 'utf8' })
  if (status !== 0) throw new Error(`ferry ${args.join(' ')} failed: ${stderr}`)
  return performance.now() - started
}

/** A table as a load would have left it, a while ago. */
function fill(project: string, engine: string, size: number): void {
  const series =
    engine === 'duckdb' ? `range(1, ${size + 1}) r(i)` : `generate_series(1::bigint, ${size}) r(i)`
  const key =
    engine === 'duckdb'
      ? ''
      : '; alter table production.tasks add primary key (id); vacuum analyze production.tasks'
  const text = `create schema if not exists production; create table production.tasks as
    select i as id, i * 7919 % 1000003 as user_id, 'task ' || (i * 31 % 10007) || ' of round' as title,
    i % 3 = 0 as done, date '2026-01-01' as created_on, timestamptz '2026-01-01 00:00:00+00' as updated_at,
    cast(i % 10000 as decimal(10,2)) as price, 'a note of some length' as note from ${series}${key}`
  run(project, ['sql', ...text.split('; ').flatMap(one => ['-e', one])])
}

await using server = await startPostgres({ settings: { max_wal_size: '8GB' } })
for (const engine of ['duckdb', 'postgres']) {
  const perRow: { whole: number; beyond: number }[] = []
  for (const size of SIZES) {
    const project = await mkdtemp(join(tmpdir(), 'ferry-bench-merge-'))
    try {
      const url = engine === 'duckdb' ? 'duckdb:./hot.duckdb' : server.url
      await writeFile(join(project, 'ferry.yaml'), `warehouses: { hot: "${url}" }\n`)
      fill(project, engine, size)
      const rows = size / 200
      const times = { one: [] as number[], all: [] as number[] }
      for (let round = 1; round <= ROUNDS; round += 1) {
        const idOf = (row: number): number =>
          row % 10 === 0 ? size + round * size + row : row * 199 + round
        const more = { columns: taskColumns, isComplete: false, idOf }
        const load = ['load', 'production.tasks', '--date', '2026-11-28']
        await writeTasks(project, { ...more, rows: 1, round: 2 * round })
        times.one.push(run(project, load))
        await writeTasks(project, { ...more, rows, round: 2 * round + 1 })
        times.all.push(run(project, load))
      }
      const [one, all] = [median(times.one), median(times.all)]
      perRow.push({ whole: all / rows, beyond: (all - one) / rows })
      console.log(
        `${engine}, ${rows} changes into ${size} rows: ${all.toFixed(0)} ms (a load of one row: ${one.toFixed(0)} ms)`,
      )
      run(project, [
        'sql',
        '-e',
        'drop schema production cascade',
        '-e',
        'drop schema ferry cascade',
      ])
    } finally {
      spawnSync(ferry, ['warehouse', 'stop'], { cwd: project })
      await rm(project, { recursive: true, force: true })
    }
  }
  const [small, large] = perRow
  if (small === undefined || large === undefined) continue
  console.log(
    `${engine}: time by changed row ${(large.whole / small.whole).toFixed(2)} times that of the smaller table; ` +
      `beyond a load of one row ${(large.beyond / small.beyond).toFixed(2)} times (budget 1.5)`,
  )
}
