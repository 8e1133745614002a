import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { FerryError, systemErrorCode } from '../../core/errors.ts'

/** Large pieces: a file of 200 MB is unpacked in 200 of them, and seldom is a line cut in two. */
const PIECE_BYTES = 1_048_576

/** How files are packed, told by their first bytes. */
const MAGIC: readonly { readonly packing: Packing; readonly bytes: readonly number[] }[] = [
  { packing: 'gzip', bytes: [0x1f, 0x8b] },
  { packing: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { packing: 'bzip2', bytes: [0x42, 0x5a, 0x68] },
  { packing: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
]

type Packing = 'gzip' | 'zstd' | 'bzip2' | 'xz'

/**
 * The bytes of a file, unpacked if they are packed: gzip of any number of members, zstd, bzip2, xz. The
 * two last are unpacked by the programs of their names. Who reads gets all that could be unpacked, then
 * the error. @throws FerryError DATA_INVALID (cut off or damaged), TOOL_MISSING, and what the source throws
 */
export async function* unpack(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const pieces = source[Symbol.asyncIterator]()
  const { head, ended } = await firstBytes(pieces)
  const packing = packingOf(head)
  const whole = prepend(head, pieces, ended)
  if (packing === undefined) {
    for await (const piece of whole) yield asBuffer(piece)
    return
  }
  if (packing === 'bzip2' || packing === 'xz') yield* throughProgram(whole, packing)
  else yield* throughZlib(whole, packing)
}

const asBuffer = (piece: Uint8Array): Buffer =>
  Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)

function packingOf(head: Uint8Array): Packing | undefined {
  return MAGIC.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte))?.packing
}

/** Enough bytes to know a packing by. */
async function firstBytes(
  pieces: AsyncIterator<Uint8Array>,
): Promise<{ head: Buffer; ended: boolean }> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 6) {
    const next = await pieces.next()
    if (next.done === true) return { head, ended: true }
    head = head.length === 0 ? asBuffer(next.value) : Buffer.concat([head, next.value])
  }
  return { head, ended: false }
}

async function* prepend(
  head: Buffer,
  pieces: AsyncIterator<Uint8Array>,
  ended: boolean,
): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head
    if (ended) return
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
      yield next.value
    }
  } finally {
    await pieces.return?.()
  }
}

async function* throughZlib(
  source: AsyncIterable<Uint8Array>,
  packing: 'gzip' | 'zstd',
): AsyncGenerator<Buffer> {
  const options = { chunkSize: PIECE_BYTES }
  const unpacker = packing === 'gzip' ? createGunzip(options) : createZstdDecompress(options)
  const ended = new AbortController()
  // Its failure reaches the reader through the unpacker, which pipeline destroys with it.
  const fed = pipeline(Readable.from(source, { objectMode: false }), unpacker, {
    signal: ended.signal,
  })
  fed.catch(() => {})
  try {
    for await (const piece of unpacker) yield asBuffer(bytesOf(piece))
  } catch (error) {
    if (!isZlibError(error)) throw error
    throw new FerryError('DATA_INVALID', `its ${packing} data is cut off or damaged`, {
      cause: error,
    })
  } finally {
    ended.abort()
  }
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  throw new FerryError('BUG', 'a stream of bytes had something else in it')
}

function isZlibError(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return typeof error.code === 'string' && /^(Z_|ZSTD_|ERR_ZLIB)/.test(error.code)
}

async function* throughProgram(
  source: AsyncIterable<Uint8Array>,
  program: 'bzip2' | 'xz',
): AsyncGenerator<Buffer> {
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  child.stderr.on('data', (piece: Buffer) => {
    if (said.length < 20) said.push(piece)
  })
  const exited = once(child, 'exit').then(([code]: unknown[]) => code)
  exited.catch(() => {}) // awaited below; a program that is missing says so there
  const fed = pipeline(Readable.from(source, { objectMode: false }), child.stdin)
  let failed: unknown
  fed.catch((error: unknown) => {
    // A program that stopped reading says why by its exit code.
    if (systemErrorCode(error) !== 'EPIPE') failed = error
  })
  try {
    for await (const piece of child.stdout) yield asBuffer(bytesOf(piece))
    const code = await exited
    await fed.catch(() => {})
    if (failed !== undefined) throw failed
    if (code !== 0) {
      const why = Buffer.concat(said).toString('utf8').trim().split('\n')[0] ?? ''
      throw new FerryError('DATA_INVALID', `its ${program} data is cut off or damaged: ${why}`)
    }
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error
    throw new FerryError('TOOL_MISSING', `\`${program}\` is needed to unpack it`, {
      hint: `install ${program === 'xz' ? 'xz-utils' : 'bzip2'}`,
      cause: error,
    })
  } finally {
    child.kill('SIGKILL')
  }
}
