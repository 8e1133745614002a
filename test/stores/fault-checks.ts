import assert from 'node:assert/strict'
import { type ErrorCode, FerryError } from '../../src/core/errors.ts'
import { readObject } from '../../src/stores/read-object.ts'
import type { ObjectInfo, ObjectStore } from '../../src/stores/store.ts'
import type { Fault, Random } from '../../servers/faults/plan.ts'
import type { Lane } from './fault-lanes.ts'

/** One trial's place in the bucket and its chance. */
export interface Trial extends Lane {
  readonly signal: AbortSignal
  readonly random: Random
  /** A prefix of its own. */
  readonly folder: string
}

/**
 * What a trial does. `prepare` runs without faults; `attempt` with them, and throws what the store
 * throws; `verify` looks at the server, without faults, whether or not the attempt succeeded.
 */
export interface Operation {
  readonly name: string
  /** Large ones are tried less often. */
  readonly weight: number
  /** What harm can come to it only where names are listed, or an object's bytes are read. */
  readonly meets: readonly Fault[]
  /** How it may end though one try more would do: what was passed on cannot be taken back. */
  readonly excuse?: ErrorCode
  run(trial: Trial): Promise<Attempt>
}

export interface Attempt {
  attempt(): Promise<void>
  /** @throws AssertionError when the server is not as the outcome says */
  verify(succeeded: boolean): Promise<void>
}

export function bytesFrom(random: Random, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  const block = Buffer.from(Array.from({ length: 256 }, () => Math.floor(random() * 256)))
  for (let at = 0; at < length; at += block.length) {
    block.writeUInt32LE(at)
    block.copy(bytes, at)
  }
  return bytes
}

/** The object's bytes straight from the server; undefined when there is none. */
export async function contentOf(trial: Trial, key: string): Promise<Buffer | undefined> {
  const { direct, signal } = trial
  try {
    return await readWhole(direct, await direct.stat(key, { signal }), signal)
  } catch (error) {
    if (!(error instanceof FerryError)) throw error
    if (error.code === 'OBJECT_NOT_FOUND') return undefined
    // A slow server may get to a request only after its repetition is done.
    if (error.code === 'SOURCE_CHANGED') return contentOf(trial, key)
    throw error
  }
}

export async function readWhole(
  store: ObjectStore,
  object: ObjectInfo,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readObject(store, object, { signal })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export function assertWhole(found: Buffer | undefined, wanted: Buffer, what: string): void {
  assert.ok(found !== undefined, `${what} is not there`)
  assert.ok(found.equals(wanted), `${what} has other bytes (${found.length} of ${wanted.length})`)
}

/** What was to be written is there whole; after a failure, what was there before may be, too. */
export async function verifyWritten(
  trial: Trial,
  key: string,
  { before, after, succeeded }: { before?: Buffer; after: Buffer; succeeded: boolean },
): Promise<void> {
  const found = await contentOf(trial, key)
  const isUntouched = before === undefined ? found === undefined : found?.equals(before) === true
  if (succeeded || !isUntouched) assertWhole(found, after, key)
}
