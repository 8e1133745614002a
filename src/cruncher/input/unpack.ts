import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FerryError, systemErrorCode } from '../../core/errors.ts'
import { type Compression, decompress } from '../../formats/compression.ts'

/** Seldom is a line cut in two, and what was unpacked is still in the processor when it is read. */
const PIECE_BYTES = 262_144

/** How files are packed, told by their first bytes. */
const MAGIC: readonly { readonly packing: Packing; readonly bytes: readonly number[] }[] = [
  { packing: 'gzip', bytes: [0x1f, 0x8b] },
  { packing: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { packing: 'bzip2', bytes: [0x42, 0x5a, 0x68] },
  { packing: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
]

type Packing = Compression | 'bzip2' | 'xz'

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
  if (packing === 'bzip2' || packing === 'xz') {
    yield* throughProgram(whole, packing)
    return
  }
  for await (const piece of decompress(whole, packing, PIECE_BYTES)) yield asBuffer(piece)
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

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  throw new FerryError('BUG', 'a stream of bytes had something else in it')
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
      throw new FerryError('DATA_INVALID', `it is no ${program} file, or damaged: ${why}`)
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
