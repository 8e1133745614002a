import { bareWords } from '../statements.ts'
import { COMMAND } from './commands.ts'
import { FAILURE, parseFailure, TYPE, type WireColumn } from './packets.ts'
import { readColumns } from './result.ts'
import { sql } from './sql.ts'
import type { Wire } from './wire.ts'

/** Statements by whose first word they may have a column of the type FLOAT. */
const QUERIES = new Set(['SELECT', 'WITH', 'TABLE', 'VALUES'])

/** Whether it is worth asking the server what columns a statement has. */
export function mayHoldSingles(statement: string): boolean {
  const [first = ''] = bareWords(statement, sql.lexicon)
  return QUERIES.has(first)
}

/**
 * The server prints numbers of the type FLOAT with six digits; only as the answer to a prepared
 * statement they come whole. Prepares a statement if it has such a column; undefined when it has none,
 * or when it cannot be prepared: then it is run as text, and says itself what is wrong with it.
 */
export async function prepareForSingles(
  wire: Wire,
  statement: string,
): Promise<number | undefined> {
  const prepared = await prepare(wire, statement)
  if (prepared === undefined) return undefined
  if (prepared.columns.some(column => column.type === TYPE.float)) return prepared.id
  closeStatement(wire, prepared.id)
  return undefined
}

interface Prepared {
  readonly id: number
  readonly columns: readonly WireColumn[]
}

async function prepare(wire: Wire, statement: string): Promise<Prepared | undefined> {
  wire.send(COMMAND.prepare, statement)
  await wire.next()
  const { buffer, start, end } = wire
  if (buffer.readUInt8(start) === FAILURE) {
    parseFailure(buffer, start, end)
    return undefined
  }
  const id = buffer.readUInt32LE(start + 1)
  const columnCount = buffer.readUInt16LE(start + 5)
  const parameterCount = buffer.readUInt16LE(start + 7)
  await readColumns(wire, parameterCount)
  const columns = await readColumns(wire, columnCount)
  if (parameterCount === 0) return { id, columns }
  closeStatement(wire, id)
  return undefined
}

/** Runs a prepared statement without parameters; its rows are binary (binary-rows.ts). */
export function sendExecute(wire: Wire, id: number): void {
  const body = Buffer.alloc(9)
  body.writeUInt32LE(id, 0)
  body.writeUInt32LE(1, 5) // times
  wire.send(COMMAND.execute, body)
}

/** The server does not answer. */
export function closeStatement(wire: Wire, id: number): void {
  const body = Buffer.alloc(4)
  body.writeUInt32LE(id)
  wire.send(COMMAND.closeStatement, body)
}
