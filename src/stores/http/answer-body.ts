import type { ObjectInfo, ObjectStream, ReadOptions } from '../store.ts'
import { textHeader } from '../../clouds/http/headers.ts'
import type { AnswerBody, WireAnswer } from '../../clouds/http/transport.ts'

/** Errors in the words of a driver, for one object. */
export interface BodyFailures {
  readonly broken: (what: string) => Error
  readonly network: (error: unknown) => Error
}

/** As the header has it: `bytes=0-99`. */
export function rangeText({ offset, length }: NonNullable<ReadOptions['range']>): string {
  return `bytes=${offset}-${offset + length - 1}`
}

/**
 * An answer to a request for an object, or a range of it, as a stream: of the range that was asked
 * for, and of its length, or an error. An answer that nobody will read is ended.
 */
export async function streamOf(
  answer: WireAnswer,
  { range, signal }: ReadOptions,
  object: BodyFailures & { readonly info: () => ObjectInfo | Promise<ObjectInfo> },
): Promise<ObjectStream> {
  try {
    const info = await object.info()
    if (range !== undefined) {
      const told = textHeader(answer.headers, 'content-range') ?? ''
      if (!told.startsWith(`bytes ${range.offset}-${range.offset + range.length - 1}/`)) {
        throw object.broken('it is not of the range that was asked for')
      }
    }
    const length = range?.length ?? info.size
    return { info, body: counted(answer.body, length, signal, object) }
  } catch (error) {
    answer.body.discard()
    throw error
  }
}

async function* counted(
  body: AnswerBody,
  length: number,
  signal: AbortSignal,
  { broken, network }: BodyFailures,
): AsyncGenerator<Uint8Array> {
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.length
      yield chunk
    }
  } catch (error) {
    signal.throwIfAborted()
    throw network(error)
  }
  if (size !== length) throw broken(`${size} bytes came, not ${length}`)
}
