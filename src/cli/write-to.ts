import { once } from 'node:events'
import { FerryError, systemErrorCode } from '../core/errors.ts'

/**
 * Writes bytes to a stream as fast as it takes them. Who reads the other end and stops (`| head`)
 * ends it quietly. @throws FerryError LOCAL_IO
 */
export async function writeTo(
  stream: NodeJS.WritableStream,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  const fail = (error: Error): void => failed.abort(error)
  stream.on('error', fail)
  const stop = AbortSignal.any([signal, failed.signal])
  try {
    for await (const piece of bytes) {
      stop.throwIfAborted()
      if (!stream.write(piece)) await once(stream, 'drain', { signal: stop })
    }
  } catch (error) {
    signal.throwIfAborted()
    const cause = failed.signal.aborted ? failed.signal.reason : error
    if (!failed.signal.aborted) throw error
    if (systemErrorCode(cause) === 'EPIPE') {
      throw new FerryError('LOCAL_IO', 'nobody reads the output', {
        cause,
        details: { quiet: true },
      })
    }
    throw new FerryError('LOCAL_IO', 'cannot write the output', { cause })
  } finally {
    stream.removeListener('error', fail)
  }
}
