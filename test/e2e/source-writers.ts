import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

/** Programs that write into the tables `tasks` and `jumps` of a source until they are stopped. */
export interface Writers {
  /** Resolves when every transaction has ended; none begins. */
  rest(): Promise<void>
  goOn(): void
  stop(): Promise<void>
  /** How many transactions of each kind there were. */
  done(): Readonly<Record<Kind, number>>
}

type Kind = 'short' | 'late' | 'equal' | 'keys' | 'deleted' | 'jumps'

const ROWS = 20_000
const SHAPE =
  '(id bigint PRIMARY KEY, title text, amount numeric(12, 2), updated_at timestamptz NOT NULL)'

interface Work {
  readonly kind: Kind
  /** Statements of one transaction, with pauses in milliseconds between them. */
  readonly steps: () => readonly (string | number)[]
}

const some = (count: number): string =>
  Array.from({ length: count }, () => 1 + Math.floor(Math.random() * ROWS)).join(', ')

/** now() is the moment at which the transaction began: the longer it is open, the later it comes. */
const WORK: readonly Work[] = [
  {
    kind: 'short',
    steps: () => [
      `UPDATE tasks SET amount = amount + 1, updated_at = now() WHERE id IN (${some(20)})`,
      `INSERT INTO tasks SELECT max(id) + 1, 'new', 0, now() FROM tasks ON CONFLICT DO NOTHING`,
    ],
  },
  {
    kind: 'late',
    steps: () => [
      `UPDATE tasks SET title = 'late ' || random(), updated_at = now() WHERE id IN (${some(3)})`,
      500 + Math.random() * 6_000,
      `UPDATE tasks SET title = 'later ' || random(), updated_at = now() WHERE id IN (${some(3)})`,
    ],
  },
  {
    kind: 'equal',
    steps: () => [
      `UPDATE tasks SET amount = random() * 1000, updated_at = date_trunc('second', clock_timestamp()) WHERE id IN (${some(30)})`,
    ],
  },
  {
    kind: 'keys',
    steps: () => [
      `UPDATE tasks SET id = id + 1000000, updated_at = now() WHERE id IN (${some(1)}) AND id < 1000000`,
      `UPDATE jumps SET id = -id, updated_at = now() WHERE id IN (${some(1)})`,
    ],
  },
  { kind: 'deleted', steps: () => [`DELETE FROM tasks WHERE id IN (${some(2)})`] },
  {
    kind: 'jumps',
    steps: () => [
      // A clock that is wrong by up to a day, in both directions.
      `UPDATE jumps SET title = 'jumped ' || random(), updated_at = now() + (random() - 0.7) * interval '1 day' WHERE id IN (${some(5)})`,
      `DELETE FROM jumps WHERE id IN (${some(1)})`,
    ],
  },
]

export async function startWriters(url: string): Promise<Writers> {
  const connect = async (): Promise<Client> => {
    const client = new Client(url)
    await client.connect()
    return client
  }
  const first = await connect()
  for (const table of ['tasks', 'jumps']) {
    await first.query(`CREATE TABLE ${table} ${SHAPE}`)
    await first.query(
      `INSERT INTO ${table} SELECT i, 'row ' || i, i, now() - interval '1 day' FROM generate_series(1, ${ROWS}) i`,
    )
    await first.query(`CREATE INDEX ON ${table} (updated_at)`)
    await first.query(`ANALYZE ${table}`)
  }
  await first.end()
  const counts: Record<Kind, number> = {
    short: 0,
    late: 0,
    equal: 0,
    keys: 0,
    deleted: 0,
    jumps: 0,
  }
  let state: 'working' | 'resting' | 'stopped' = 'working'
  const busy = new Set<Client>()

  async function write(client: Client, { kind, steps }: Work): Promise<void> {
    while (state !== 'stopped') {
      if (state === 'working') {
        busy.add(client)
        await transaction(client, steps())
        counts[kind] += 1
        busy.delete(client)
      }
      await sleep(20 + Math.random() * 100)
    }
    await client.end()
  }

  // Several long transactions overlap.
  const all = [...WORK, ...WORK.filter(({ kind }) => kind === 'late')]
  const running = all.map(async work => write(await connect(), work))
  return {
    async rest() {
      state = 'resting'
      while (busy.size > 0) await sleep(20)
    },
    goOn() {
      state = 'working'
    },
    async stop() {
      state = 'stopped'
      await Promise.all(running)
    },
    done: () => counts,
  }
}

/** Two writers that wait for each other's rows are told so by the server: one of them gives up. */
async function transaction(client: Client, steps: readonly (string | number)[]): Promise<void> {
  await client.query('BEGIN')
  try {
    for (const step of steps) {
      if (typeof step === 'number') await sleep(step)
      else await client.query(step)
    }
    await client.query(Math.random() < 0.15 ? 'ROLLBACK' : 'COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== '40P01' && code !== '23505') throw error
  }
}
