/** The promises of src/databases/source.ts, as a function of an engine. Real engines only. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FerryError } from '../../src/core/errors.ts'
import type { OpenTarget, Session } from '../../src/databases/dialect.ts'
import type { Engine } from '../../src/databases/engine.ts'
import type {
  ReadLimits,
  RowStream,
  SnapshotReader,
  SourceReader,
} from '../../src/databases/source.ts'
import { parseCsv } from '../../src/formats/csv.ts'
import { failureOf } from './dialect.contract.ts'

export interface SourceCase {
  readonly engine: Engine
  /** May be called many times; the database is the same. */
  target(signal?: AbortSignal): OpenTarget
  /** Makes a table `name` with `id` (a bigint key) and `note` (long text) of so many rows: `note N`. */
  readonly fill: (name: string, rows: number) => readonly string[]
  /** Keeps everybody from reading a table until the transaction ends. */
  readonly lock: (name: string) => readonly string[]
  /** A condition that takes a second or more for each row that it looks at, and holds. */
  readonly slowCondition: string
  /** Cuts every connection that reads for Ferry, from the server's side. */
  cutReaders(): Promise<void>
  /** Columns by type, each with expressions of the engine and the text that each must have. */
  readonly values: readonly TypedColumn[]
  /** A type whose values cannot be taken over unchanged. */
  readonly refusedType: string | undefined
}

export interface TypedColumn {
  readonly type: string
  /** SQL of a value, and its text (src/formats/column-type.ts); null is NULL. */
  readonly values: readonly (readonly [sql: string, text: string | null])[]
}

export const NO_LIMITS: ReadLimits = { statementTimeoutMs: 0, lockTimeoutMs: 30_000 }

/** Reads a stream of rows to its end, and checks what pieces promise. */
export async function rowsOf(stream: RowStream): Promise<readonly (readonly (string | null)[])[]> {
  let ended = 0
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const { bytes, rows } of stream.pieces) {
      expect(bytes.length).toBeGreaterThan(0)
      if (rows > 0) expect(bytes.at(-1)).toBe(10)
      ended += rows
      yield Uint8Array.from(bytes) // it is good until the next one only
    }
  }
  const found: (readonly (string | null)[])[] = []
  for await (const batch of parseCsv(watched())) found.push(...batch)
  expect(found).toHaveLength(ended)
  expect(stream.rows()).toBe(ended)
  return found
}

export function sourceContract(name: string, make: () => Promise<SourceCase>): void {
  describe(`${name} as a source`, () => {
    let given: SourceCase
    let source: SourceReader
    let writer: Session
    beforeAll(async () => {
      given = await make()
      if (given.engine.source === undefined) throw new Error(`${name} is no source`)
      source = given.engine.source
      writer = await given.engine.open(given.target())
    })
    afterAll(async () => writer.close())

    const run = async (...statements: readonly string[]): Promise<void> => {
      for (const statement of statements) await writer.execute(statement)
    }
    const open = (limits = NO_LIMITS, signal?: AbortSignal) =>
      source.openSnapshot(given.target(signal), limits)
    const ids = async (reader: SnapshotReader, table: string, where: readonly string[] = []) => {
      const described = await reader.describe({ name: table })
      return rowsOf(await reader.read({ table: described, columns: ['id'], where }))
    }

    test('values arrive as the texts that all engines share', async () => {
      const { identifier } = given.engine.sql
      const names = given.values.map((_, at) => `c${at}`)
      const columns = given.values.map(({ type }, at) => `${identifier(`c${at}`)} ${type}`)
      await run(`CREATE TABLE texts (id int PRIMARY KEY, ${columns.join(', ')})`)
      const rows = Math.max(...given.values.map(({ values }) => values.length))
      for (let row = 0; row < rows; row++) {
        const cells = given.values.map(({ values }) => values[row]?.[0] ?? 'NULL')
        await run(`INSERT INTO texts VALUES (${row}, ${cells.join(', ')})`)
      }
      await using snapshot = await open()
      await using reader = await snapshot.reader()
      const table = await reader.describe({ name: 'texts' })
      const found = await rowsOf(await reader.read({ table, columns: names, where: [] }))
      given.values.forEach(({ type, values }, at) => {
        const texts = found.map(row => row[at]).slice(0, values.length)
        expect(new Set(texts), type).toEqual(new Set(values.map(([, text]) => text)))
      })
    })

    test('a table is described: columns in order, the key, NULLs', async () => {
      await run('CREATE TABLE keyed (b int NOT NULL, a int NOT NULL, c int, PRIMARY KEY (a, b))')
      await run('CREATE TABLE keyless (a int)')
      await run(
        'CREATE TABLE singled (a int NOT NULL, c int)',
        'CREATE UNIQUE INDEX singled_a ON singled (a)',
      )
      await using snapshot = await open()
      await using reader = await snapshot.reader()
      const table = await reader.describe({ name: 'keyed' })
      const integer = { kind: 'integer', bits: 32 }
      expect(table.columns).toMatchObject([
        { name: 'b', type: integer, nullable: false },
        { name: 'a', type: integer, nullable: false },
        { name: 'c', type: integer, nullable: true },
      ])
      expect(table.key).toEqual(['a', 'b'])
      expect((await reader.describe({ name: 'keyless' })).key).toEqual([])
      expect((await reader.describe({ name: 'singled' })).key).toEqual(['a'])
      expect(await failureOf(reader.describe({ name: 'nowhere' }))).toMatchObject({
        code: 'INPUT_MISSING',
      })
    })

    test('what cannot arrive unchanged is refused by the name of its column', async () => {
      if (given.refusedType === undefined) return
      await run(`CREATE TABLE refused (id int PRIMARY KEY, odd_one ${given.refusedType})`)
      await using snapshot = await open()
      await using reader = await snapshot.reader()
      const table = await reader.describe({ name: 'refused' })
      expect(table.columns.map(column => column.name)).toEqual(['id'])
      expect(table.refused).toMatchObject([{ name: 'odd_one' }])
    })

    test('columns and conditions; a table without rows', async () => {
      await run(...given.fill('few', 50), ...given.fill('nothing', 0))
      await using snapshot = await open()
      await using reader = await snapshot.reader()
      const table = await reader.describe({ name: 'few' })
      const query = { table, columns: ['note', 'id'], where: ['id >= 10', 'id < 12 OR id = 20'] }
      const found = await rowsOf(await reader.read(query))
      expect(found.map(row => row.join())).toEqual(['note 10,10', 'note 11,11', 'note 20,20'])
      expect(await ids(reader, 'nothing')).toEqual([])
    })

    test('rows longer than any piece, with line ends and quotes within', async () => {
      await run(...given.fill('wide', 3))
      const long = 'a "quoted",\nlong note 🎉'.repeat(100_000)
      await run(`UPDATE wide SET note = ${given.engine.sql.literal(long)} WHERE id <> 2`)
      await using snapshot = await open()
      await using reader = await snapshot.reader()
      const table = await reader.describe({ name: 'wide' })
      const found = await rowsOf(await reader.read({ table, columns: ['note', 'id'], where: [] }))
      expect(found.toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
        [long, '1'],
        ['note 2', '2'],
        [long, '3'],
      ])
    })

    test('ranges hold each row once, and are read by several at once', async () => {
      await run(
        ...given.fill('large', 400_000),
        'DELETE FROM large WHERE id BETWEEN 5000 AND 90000',
      )
      await using snapshot = await open()
      await using reader = await snapshot.reader()
      const table = await reader.describe({ name: 'large' })
      const ranges = await reader.ranges(table, 3)
      expect(ranges.length).toBeGreaterThan(1)
      const parts = await Promise.all(
        ranges.map(async range => {
          await using one = await snapshot.reader()
          return await ids(one, 'large', [range])
        }),
      )
      const all = parts.flat().map(([id]) => Number(id))
      expect(all).toHaveLength(400_000 - 85_001)
      expect(new Set(all).size).toBe(all.length)
      for (const part of parts) expect(part.length).toBeGreaterThan(all.length / 10)
      const small = await reader.describe({ name: 'keyed' })
      expect(await reader.ranges(small, 8)).toEqual([''])
    }, 120_000)

    test('every reader of a snapshot sees one moment', async () => {
      await run(...given.fill('moving', 10))
      await using snapshot = await open()
      const early = source.capabilities.sharedSnapshots ? undefined : await snapshot.reader()
      if (early !== undefined) await ids(early, 'moving')
      await run(
        'DELETE FROM moving WHERE id <= 5',
        "INSERT INTO moving (id, note) VALUES (99, 'late')",
      )
      await using reader = early ?? (await snapshot.reader())
      expect(await ids(reader, 'moving')).toHaveLength(10)
      if (snapshot.id === null) return
      await using joined = await source.joinSnapshot(given.target(), snapshot.id, NO_LIMITS)
      expect(await ids(joined, 'moving')).toHaveLength(10)
      await using later = await open()
      await using fresh = await later.reader()
      expect(await ids(fresh, 'moving')).toHaveLength(6)
    })

    test('a snapshot whose holder has ended is a passing failure', async () => {
      if (!source.capabilities.sharedSnapshots) return
      const snapshot = await open()
      await snapshot[Symbol.asyncDispose]()
      const failure = await failureOf(
        source.joinSnapshot(given.target(), snapshot.id ?? '', NO_LIMITS),
      )
      expect(failure).toMatchObject({ code: 'TRANSIENT' })
    })

    test('what is in flight is told, by the clock of the source', async () => {
      if (!source.capabilities.tellsInFlight) return
      const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/
      await run(
        ...given.fill('flying', 1),
        ...beginTransaction(given),
        "INSERT INTO flying (id, note) VALUES (7, 'x')",
      )
      try {
        await sleep(1_200)
        await using during = await open()
        expect(during.takenAt).toMatch(stamp)
        expect(during.inFlightSince).toMatch(stamp)
        const age = Date.parse(during.takenAt) - Date.parse(during.inFlightSince ?? '')
        expect(age).toBeGreaterThanOrEqual(1_000)
      } finally {
        await run('COMMIT')
      }
      await using after = await open()
      expect(Date.parse(after.takenAt) - Date.parse(after.inFlightSince ?? '')).toBeLessThan(1_000)
    })

    test('a table that another has locked is waited for only so long', async () => {
      await run(...given.fill('locked', 3), ...given.lock('locked'))
      try {
        await using snapshot = await open({ ...NO_LIMITS, lockTimeoutMs: 1_000 })
        await using reader = await snapshot.reader()
        const began = Date.now()
        expect(await failureOf(ids(reader, 'locked'))).toMatchObject({ code: 'TRANSIENT' })
        expect(Date.now() - began).toBeLessThan(5_000)
      } finally {
        await run(...unlock(given))
      }
    })

    test('a statement may take only so long', async () => {
      await run(...given.fill('tiresome', 20))
      await using snapshot = await open({ ...NO_LIMITS, statementTimeoutMs: 1_500 })
      await using reader = await snapshot.reader()
      const failure = await failureOf(ids(reader, 'tiresome', [given.slowCondition]))
      expect(failure).toMatchObject({ code: 'TRANSIENT' })
    })

    test('a connection that the server cuts is a passing failure', async () => {
      await using snapshot = await open()
      await using reader = await snapshot.reader()
      await reader.describe({ name: 'tiresome' })
      const reading = failureOf(ids(reader, 'tiresome', [given.slowCondition]))
      await sleep(500)
      await given.cutReaders()
      expect((await reading).retryable).toBe(true)
    })

    test('who stops reading, or is told to stop, does not wait for the rest', async () => {
      const stop = new AbortController()
      await using snapshot = await open(NO_LIMITS, stop.signal)
      await using first = await snapshot.reader()
      const table = await first.describe({ name: 'large' })
      const began = Date.now()
      for await (const _ of (await first.read({ table, columns: ['id'], where: [] })).pieces) break
      await using second = await snapshot.reader()
      const reading = ids(second, 'tiresome', [given.slowCondition])
      setTimeout(() => stop.abort(new Error('enough')), 500)
      await expect(reading).rejects.toThrow('enough')
      expect(Date.now() - began).toBeLessThan(5_000)
    })

    test('tables are discovered with what is likely to tell their changes', async () => {
      await run(
        `CREATE TABLE people (id int NOT NULL PRIMARY KEY, updated_at ${timestampOf(given)}, deleted_at ${timestampOf(given)})`,
      )
      const found = await source.discover(writer)
      expect(found.find(({ relation }) => relation.name === 'people')).toMatchObject({
        key: ['id'],
        updatedAt: 'updated_at',
        deletedAt: 'deleted_at',
      })
      expect(found.find(({ relation }) => relation.name === 'keyless')).toMatchObject({
        key: [],
        updatedAt: undefined,
      })
    })

    test('nobody there: unavailable', async () => {
      const url = given.target().url.replace(/:\d+\//, ':1/')
      const failure: FerryError = await failureOf(
        source.openSnapshot({ ...given.target(), url }, NO_LIMITS),
      )
      expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    })
  })
}

const beginTransaction = ({ engine }: SourceCase): readonly string[] =>
  engine.name === 'mssql' ? ['BEGIN TRANSACTION'] : ['BEGIN']

const unlock = ({ engine }: SourceCase): readonly string[] =>
  engine.name === 'mysql' ? ['UNLOCK TABLES'] : ['COMMIT']

const timestampOf = ({ engine }: SourceCase): string =>
  engine.types.write({ kind: 'timestamp', zone: false })
