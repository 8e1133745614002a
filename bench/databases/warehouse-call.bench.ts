/**
 * What `ferry sql` costs beyond its query on a running owner: a whole process, against the same
 * query in an open session. The reach is 150 ms.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Session } from '../../src/databases/dialect.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { readAll } from '../../src/databases/read-all.ts'

const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 21)
const url = 'duckdb:./warehouse.duckdb'
const ferry = join(import.meta.dirname, '../../bin/ferry')
const projectDirectory = await mkdtemp(join(tmpdir(), 'ferry-bench-'))
const query = 'SELECT count(*) AS rows, sum(range) AS total FROM range(1000000)'

let aside: Session | undefined

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const call = (): void => {
  const done = spawnSync(ferry, ['sql', '--csv', 'q.sql'], { cwd: projectDirectory })
  if (done.status !== 0) throw new Error(String(done.stderr))
}

try {
  await writeFile(join(projectDirectory, 'ferry.yaml'), '')
  await writeFile(join(projectDirectory, 'q.sql'), query)
  const calls: number[] = []
  const queries: number[] = []
  const bare: number[] = []
  const timed = async (into: number[], work: () => unknown): Promise<void> => {
    const started = performance.now()
    await work()
    into.push(performance.now() - started)
  }
  call() // starts the owner
  for (let round = 0; round < ROUNDS; round += 1) {
    await timed(calls, call)
    await timed(bare, () => spawnSync(process.execPath, ['-e', '0']))
    await timed(queries, queryAlone)
  }
  const [all, alone, node] = [median(calls), median(queries), median(bare)]
  console.log(
    `ferry sql ${all.toFixed(0)} ms, the query alone ${alone.toFixed(0)} ms, beyond it ` +
      `${(all - alone).toFixed(0)} ms (of which node -e 0 takes ${node.toFixed(0)} ms)`,
  )
} finally {
  await aside?.close()
  await stopWarehouse({ url, projectDirectory })
  await stopWarehouse({ url: 'duckdb:./aside.duckdb', projectDirectory })
  await rm(projectDirectory, { recursive: true })
}

/** On a file of its own: these sources are another build than the bundle that `ferry sql` is. */
async function queryAlone(): Promise<void> {
  aside ??= await (await dialectOf(url)).open({
    url: 'duckdb:./aside.duckdb',
    projectDirectory,
    environment: process.env,
    signal: new AbortController().signal,
  })
  await readAll(aside, query)
}
