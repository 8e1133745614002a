import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import type { Logger } from '../../core/logger.ts'
import { parseObjectUrl } from '../../formats/object-url.ts'
import { openStore } from '../../stores/open-store.ts'
import { readObject } from '../../stores/read-object.ts'

const READ_BYTES = 262_144

/** One file of logs, as it was found when inputs were listed. Plain data: it is sent to workers. */
export interface InputFile {
  /** As it is shown: a URL or a path. Records name it as their source. */
  readonly name: string
  /** A path of this machine, or a URL of an object; neither: standard input. */
  readonly path: string | undefined
  readonly url: string | undefined
  readonly size: number
  readonly modifiedMs: number
  /** Of an object; changes with it. */
  readonly etag: string
}

export interface ReadInputOptions {
  readonly logger: Logger
  /** Of an input that is neither a file nor an object. */
  readonly stdin?: AsyncIterable<Uint8Array>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/**
 * The bytes of a file as it was when it was listed: what was added to it since is not read.
 * @throws FerryError INPUT_MISSING, SOURCE_CHANGED, LOCAL_IO, and as stores do
 */
export async function* readInput(
  file: InputFile,
  { environment, signal, logger, stdin }: ReadInputOptions,
): AsyncGenerator<Uint8Array> {
  if (file.path !== undefined) {
    yield* readLocal(file.path, file.size, signal)
    return
  }
  if (file.url === undefined) {
    if (stdin === undefined)
      throw new FerryError('BUG', 'standard input is read by one thread only')
    yield* stdin
    return
  }
  const url = parseObjectUrl(file.url, '/')
  await using store = await openStore(url, { environment, logger })
  const info = await store.stat(url.key, { signal })
  if (info.etag !== file.etag) {
    throw new FerryError('SOURCE_CHANGED', `\`${file.name}\` was changed while it was waiting`, {
      hint: 'run it again: it will be read as it is now',
    })
  }
  yield* readObject(store, info, { signal })
}

async function* readLocal(
  path: string,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (size === 0) return
  const stream = createReadStream(path, { end: size - 1, highWaterMark: READ_BYTES, signal })
  try {
    for await (const piece of stream) {
      if (piece instanceof Uint8Array) yield piece
    }
  } catch (error) {
    signal.throwIfAborted()
    throw asLocalIoError(error, path)
  }
}

/** Whether a local file has more bytes now than when it was listed. */
export async function hasGrown(file: InputFile): Promise<boolean> {
  if (file.path === undefined) return false
  try {
    return (await stat(file.path)).size > file.size
  } catch (error) {
    throw asLocalIoError(error, file.path)
  }
}

/** Standard input, as an input among others. */
export const STANDARD_INPUT: InputFile = {
  name: '-',
  path: undefined,
  url: undefined,
  size: 0,
  modifiedMs: 0,
  etag: '',
}
