/**
 * A result in any format holds the value itself: read back as text and cast to its type by the engine,
 * it is the value that was written. One row a type and value, on the fast way (COPY) and the other.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FerryError } from '../../src/core/errors.ts'
import type { Dialect, ExportFormat, Session } from '../../src/databases/dialect.ts'
import { readAll } from '../../src/databases/read-all.ts'

/** A value's text, its type, and the type in a Parquet file, or undefined where it must be refused. */
export type TypedValue = readonly [text: string, type: string, parquet: string | undefined]

export interface LosslessEngine {
  readonly dialect: Dialect
  readonly open: () => Promise<Session>
  /** The name of the type of texts, for CAST. */
  readonly text: string
  /** Creates the types of `values`. */
  readonly setup: readonly string[]
  /** Statements after which the last one yields what `SELECT expression AS v` does, but not by COPY. */
  readonly slowWay: (expression: string, type: string) => readonly string[]
  /** The spelling of this engine of a text that DuckDB made of a value in a Parquet file. */
  readonly respell: (text: string) => string
}

const FORMATS = ['csv', 'tsv', 'json', 'parquet', 'csv, slow way', 'json, slow way'] as const

export function losslessContract(
  name: string,
  prepare: () => Promise<LosslessEngine>,
  values: readonly TypedValue[],
): void {
  describe(`${name}: results lose nothing`, () => {
    let engine: LosslessEngine
    let session: Session
    let parquet: ParquetReader
    beforeAll(async () => {
      engine = await prepare()
      session = await engine.open()
      for (const statement of engine.setup) await session.execute(statement)
      parquet = await openParquetReader()
    })
    afterAll(async () => {
      await session.close()
      await parquet.close()
    })

    async function readBack(expression: string, type: string, how: string): Promise<string | null> {
      const [format = '', slow] = how.split(', ')
      const statements =
        slow === undefined ? [`SELECT ${expression} AS v`] : engine.slowWay(expression, type)
      for (const statement of statements.slice(0, -1)) await session.execute(statement)
      const result = await session.export(statements.at(-1) ?? '', format as ExportFormat)
      const bytes = await bytesOf(result.bytes)
      if (format === 'parquet') {
        const text = await parquet.text(bytes)
        return text === null ? null : engine.respell(text)
      }
      return format === 'json' ? jsonMember(bytes) : onlyField(bytes)
    }

    for (const [text, type, parquetType] of values) {
      test(`${JSON.stringify(text)} as ${type}`, async () => {
        const { literal } = engine.dialect.sql
        const expression = `CAST(${literal(text)} AS ${type})`
        const same = async (read: string | null): Promise<unknown> => {
          const again = `CAST(CAST(${literal(read)} AS ${type}) AS ${engine.text})`
          return (await readAll(session, `SELECT ${again}`))[0]?.[0]
        }
        const [[expected] = []] = await readAll(
          session,
          `SELECT CAST(${expression} AS ${engine.text})`,
        )
        for (const format of FORMATS) {
          if (format === 'parquet' && parquetType === undefined) {
            const refused = await readBack(expression, type, format).catch(
              (error: unknown) => error,
            )
            expect(refused).toBeInstanceOf(FerryError)
            expect(refused).toMatchObject({ exitCode: 65 })
            continue
          }
          const read = await readBack(expression, type, format)
          expect({ [format]: await same(read) }).toEqual({ [format]: expected })
          if (format === 'parquet') expect(parquet.lastType).toBe(parquetType)
        }
        for (const format of FORMATS) {
          expect(await readBack(`CAST(NULL AS ${type})`, type, format), format).toBeNull()
        }
      })
    }
  })
}

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

/** Of a file with a header line and one row: read by the letter of the format, not by our reader. */
function onlyField(bytes: Buffer): string | null {
  const text = bytes.toString()
  expect(text.startsWith('v\n') && text.endsWith('\n')).toBe(true)
  const field = text.slice(2, -1)
  if (field === '') return null
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field
}

/** A string's content, and anything else letter by letter, as a JavaScript number would round it. */
function jsonMember(bytes: Buffer): string | null {
  const text = bytes.toString()
  const { v }: { v?: unknown } = JSON.parse(text) // it is valid, and one object
  if (v === null) return null
  return typeof v === 'string' ? v : text.slice('{"v":'.length, -'}\n'.length)
}

interface ParquetReader {
  lastType: string
  text(bytes: Buffer): Promise<string | null>
  close(): Promise<void>
}

async function openParquetReader(): Promise<ParquetReader> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-lossless-'))
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  let files = 0
  const reader: ParquetReader = {
    lastType: '',
    async text(bytes) {
      files += 1
      const path = join(folder, `${files}.parquet`)
      await writeFile(path, bytes)
      const value = `v::VARCHAR`
      const found = await connection.runAndReadAll(`SELECT typeof(v), ${value} FROM '${path}'`)
      const [[type, text] = []] = found.getRowsJson()
      reader.lastType = typeof type === 'string' ? type : ''
      return typeof text === 'string' ? text : null
    },
    async close() {
      instance.closeSync()
      await rm(folder, { recursive: true })
    },
  }
  return reader
}
