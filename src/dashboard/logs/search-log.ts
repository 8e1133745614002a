import type { FileHandle } from 'node:fs/promises'
import { withoutAnsi } from './ansi.ts'
import type { Mask } from '../mask.ts'

const CHUNK_BYTES = 512 * 1024
/** Of a line, what is shown around a hit. */
const EXCERPT = 240

/** What is looked for: a text, or what errors look like. */
export type Wanted = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'errors' }

export interface Hit {
  /** Where its line begins. */
  readonly at: number
  /** Masked, without colours. */
  readonly text: string
}

/** Words of errors; what a log says of none of them (`0 errors`) is let pass. */
const ERRORS =
  /\b(?:error|fatal|panic|critical|traceback|exception|failed|failure|killed|denied|cannot)\b/i
const NO_ERRORS = /\b(?:0|no|without) (?:errors?|failures?|failed|exceptions?)\b/i

/**
 * The lines in which it stands, in order: capitals count when the text has one. Reads the file once,
 * in constant memory, and lets others have their turn. A line that holds it only in what is masked is
 * no hit, so that nobody finds out a secret by asking.
 */
export async function* searchLog(
  file: FileHandle,
  wanted: Wanted,
  options: { readonly mask: Mask; readonly from?: number; readonly signal?: AbortSignal },
): AsyncGenerator<Hit> {
  const finder = finderOf(wanted)
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let offset = options.from ?? 0
  for (;;) {
    options.signal?.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, offset)
    if (bytesRead === 0) return
    const isLast = bytesRead < CHUNK_BYTES
    const newline = buffer.lastIndexOf(10, bytesRead - 1)
    // Whole lines at a time; one that is longer than all of this is taken as it comes.
    const used = isLast || newline === -1 ? bytesRead : newline + 1
    for (const [start, end] of matchingLines(buffer, used, finder)) {
      const text = options.mask(
        withoutAnsi(buffer.toString('utf8', start, Math.min(end, start + 65_536))),
      )
      const place = finder.unmasked(text)
      if (place !== -1) yield { at: offset + start, text: excerpt(text, place) }
    }
    offset += used
    if (isLast) return
  }
}

interface Finder {
  /** On the bytes as Latin-1, which the regular expressions of V8 go through fastest. */
  readonly bytes: RegExp
  /** On the text that is shown: where, or -1. */
  unmasked(text: string): number
}

function finderOf(wanted: Wanted): Finder {
  if (wanted.kind === 'errors') {
    return {
      bytes: new RegExp(ERRORS, 'gi'),
      unmasked: text => (NO_ERRORS.test(text) || /^#[>$ ]/.test(text) ? -1 : text.search(ERRORS)),
    }
  }
  const hasCapitals = wanted.text !== wanted.text.toLowerCase()
  const flags = hasCapitals ? '' : 'i'
  const latin1 = Buffer.from(wanted.text).toString('latin1')
  const shown = new RegExp(escapeForRegex(wanted.text), `${flags}u`)
  return {
    bytes: new RegExp(escapeForRegex(latin1), `g${flags}`),
    unmasked: text => text.search(shown),
  }
}

/** Beginnings and ends of the lines that hold it, each line once. */
function* matchingLines(
  buffer: Buffer,
  length: number,
  { bytes }: Finder,
): Generator<readonly [number, number]> {
  const text = buffer.toString('latin1', 0, length)
  bytes.lastIndex = 0
  for (let match = bytes.exec(text); match !== null; match = bytes.exec(text)) {
    const start = match.index === 0 ? 0 : text.lastIndexOf('\n', match.index - 1) + 1
    const newline = text.indexOf('\n', match.index)
    const end = newline === -1 ? length : newline
    yield [start, end]
    bytes.lastIndex = end + 1
    if (bytes.lastIndex >= length) return
  }
}

function excerpt(text: string, place: number): string {
  if (text.length <= EXCERPT) return text
  const from = Math.max(0, Math.min(place - 60, text.length - EXCERPT))
  return `${from > 0 ? '…' : ''}${text.slice(from, from + EXCERPT)}${from + EXCERPT < text.length ? '…' : ''}`
}

const escapeForRegex = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
