import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeMirrorPlayground, type MirrorPlayground } from '../mirror/mirror-playground.ts'

const NIGHTS = Number(process.env['FERRY_NIGHTS'] ?? 4)

let play: MirrorPlayground
beforeAll(async () => {
  play = await makeMirrorPlayground()
  await play.sql(
    'CREATE TABLE tasks (id bigint PRIMARY KEY, title text, effort numeric(8,2), updated_at timestamptz NOT NULL DEFAULT now())',
    "INSERT INTO tasks SELECT i, 'task ' || i, i / 8.0, now() - interval '9 days' FROM generate_series(1, 3000) i",
    'CREATE INDEX ON tasks (updated_at)',
  )
  await writeFile(
    join(play.directory, 'ferry.yaml'),
    `sources: { shop: { url: "${play.url}", overlap: 1s, tables: { tasks: { updated_at: updated_at } } } }\n`,
  )
})
afterAll(() => play[Symbol.asyncDispose]())

/** What applications do to a table by day and by night, with every kind of change. */
async function write(signal: AbortSignal, writer: number): Promise<void> {
  const client = await play.connect()
  const any = (): number => 1 + Math.floor(Math.random() * 3_000)
  while (!signal.aborted) {
    await client.query('BEGIN')
    await client.query(
      `UPDATE tasks SET title = title || '.', updated_at = now() WHERE id = ${any()}`,
    )
    await sleep(Math.random() * (writer === 0 ? 3_000 : 100))
    const next = 10_000 + Math.floor(Math.random() * 1e9)
    await client.query(`INSERT INTO tasks VALUES (${next}, 'new', 1) ON CONFLICT DO NOTHING`)
    await client.query(
      `UPDATE tasks SET id = ${next + 1} WHERE id = ${any()} AND NOT EXISTS (SELECT FROM tasks WHERE id = ${next + 1})`,
    )
    await client.query(`DELETE FROM tasks WHERE id = ${any()}`)
    // A clock that was set back, or an import that brings its own stamps.
    await client.query(
      `UPDATE tasks SET effort = 2, updated_at = now() - interval '5 days' WHERE id = ${any()}`,
    )
    await client.query(Math.random() < 0.2 ? 'ROLLBACK' : 'COMMIT').catch(() => undefined)
    await sleep(20)
  }
  await client.end()
}

/** Deadlocks are the writers' own affair. */
const tireless = async (signal: AbortSignal, writer: number): Promise<void> => {
  while (!signal.aborted) await write(signal, writer).catch(() => undefined)
}

async function night(date: string): Promise<string> {
  let proof = ''
  for (const command of ['mirror', 'load', 'compare']) {
    const { code, stdout, stderr } = await play.ferry(command, 'shop.tasks', '--date', date)
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stdout}${stderr}`)
    proof = stdout
  }
  return proof
}

test('nights beside writers: what no cursor finds, the comparison does, and the warehouse has every row', async () => {
  const stop = new AbortController()
  const writers = Promise.all([0, 1, 2].map(writer => tireless(stop.signal, writer)))
  const day = (nr: number): string => `2026-03-${String(nr).padStart(2, '0')}`
  for (let nr = 1; nr <= NIGHTS; nr++) await night(day(nr))
  stop.abort()
  await writers
  await night(day(NIGHTS + 1))
  const proof = await night(day(NIGHTS + 2))
  expect(proof).toContain('the same')
  const columns =
    "id, title, effort, to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS at"
  const source = await play.sql(`SELECT ${columns} FROM tasks ORDER BY id`)
  const ours =
    "SELECT id, title, effort, strftime(updated_at AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f') AS at FROM shop.tasks ORDER BY id"
  const { stdout } = await play.ferry('sql', '-e', ours)
  const expected = source.map(({ id, title, effort, at }) =>
    [id, title, effort, at].map(String).join(),
  )
  expect(stdout.trimEnd().split('\n').slice(1)).toEqual(expected)
}, 400_000)
