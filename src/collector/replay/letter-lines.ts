import { open } from 'node:fs/promises'
import { asLocalIoError } from '../../core/errors.ts'
import type { DeadLetter } from '../dead-letters.ts'

const LINE_END = 10
const BLOCK_BYTES = 262_144

export interface LetterLine {
  /** Undefined for a line that is no dead letter: half a one, say, that a kill left. */
  readonly letter: DeadLetter | undefined
  readonly text: Buffer
  /** Where the next line begins. */
  readonly end: number
}

/** The dead letters of a file from a byte on, one in memory at a time. @throws FerryError LOCAL_IO */
export async function* letterLines(path: string, start: number): AsyncGenerator<LetterLine> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw asLocalIoError(error, path)
  })
  try {
    let rest: Buffer = Buffer.alloc(0)
    let at = start
    let read = start
    for (;;) {
      const block = Buffer.allocUnsafe(BLOCK_BYTES)
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, read)
      read += bytesRead
      if (bytesRead === 0) break
      let bytes = Buffer.concat([rest, block.subarray(0, bytesRead)])
      for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END)) {
        at += end + 1
        const text = bytes.subarray(0, end)
        yield { letter: parseLetter(text.toString('utf8')), text, end: at }
        bytes = bytes.subarray(end + 1)
      }
      rest = bytes
    }
    if (rest.length > 0) yield { letter: undefined, text: rest, end: at + rest.length }
  } catch (error) {
    throw asLocalIoError(error, path)
  } finally {
    await file.close()
  }
}

function parseLetter(text: string): DeadLetter | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isLetter(parsed) ? parsed : undefined
  } catch {
    return undefined // told as unreadable, and kept
  }
}

function isLetter(value: unknown): value is DeadLetter {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  const isText = (name: string): boolean => typeof fields.get(name) === 'string'
  const isTextOrAbsent = (name: string): boolean => isText(name) || !fields.has(name)
  return (
    ['path', 'content_type', 'body', 'reason', 'received_at', 'kind'].every(isText) &&
    ['content_encoding', 'client_address'].every(isTextOrAbsent)
  )
}
