import { once } from 'node:events'
import { openAtomicOutput } from '../core/atomic-output.ts'
import { FerryError } from '../core/errors.ts'

/** Where the bytes of a result go. */
export interface ResultOutput {
  /** Resolves when more may come: a slow reader slows the query down. */
  write(bytes: Uint8Array): Promise<void>
  /** All was written and is to be kept. */
  commit(): Promise<void>
  /** Something failed. A file is left as it was; what stdout's reader has is beyond recall. */
  discard(): Promise<void>
}

/** A file, whole or not at all. It is opened at the first byte or at the end. */
export function createFileOutput(path: string): ResultOutput {
  let opened: ReturnType<typeof openAtomicOutput> | undefined
  const file = (): ReturnType<typeof openAtomicOutput> => (opened ??= openAtomicOutput(path))
  return {
    write: async bytes => (await file()).write(bytes),
    commit: async () => (await file()).commit(),
    discard: async () => (await opened)?.discard(),
  }
}

export function createStreamOutput(
  stream: NodeJS.WritableStream,
  signal: AbortSignal,
): ResultOutput {
  return {
    async write(bytes) {
      signal.throwIfAborted()
      if (stream.write(bytes)) return
      try {
        await once(stream, 'drain', { signal })
      } catch (error) {
        signal.throwIfAborted()
        throw new FerryError('LOCAL_IO', 'cannot write the result', { cause: error })
      }
    },
    commit: async () => {},
    discard: async () => {},
  }
}
