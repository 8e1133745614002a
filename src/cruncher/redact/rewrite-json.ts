import type { OutputBytes } from './output-bytes.ts'
import type { Rewriter } from './rewriter.ts'
import { isSecretName } from './secret-names.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const DASH = 0x2d

export interface JsonRewriting {
  readonly rewriter: Rewriter
  /** Whether the values of names such as `password` are replaced. */
  readonly hidesSecrets: boolean
  readonly out: OutputBytes
}

/**
 * Writes a JSON value with all that is found in its texts, its names and its numbers replaced. What nothing is found in
 * stays as it was written, digit for digit; a number in which something is found becomes a text.
 */
export function rewriteJson(
  { rewriter, hidesSecrets, out }: JsonRewriting,
  bytes: Buffer,
  from: number,
  to: number,
): void {
  let isSecret = false
  let at = from
  while (at < to) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) {
      const end = textEnd(bytes, at + 1, to)
      const isName = bytes[nextSign(bytes, end + 1, to)] === COLON
      const secret = isSecret && !isName ? rewriter.secret : undefined
      if (secret !== undefined) writeQuoted(out, () => out.write(secret(bytes, at + 1, end)))
      else writeText(rewriter, out, bytes, at, end)
      isSecret = hidesSecrets && isName && isSecretName(bytes, at + 1, end)
      at = end + 1
      continue
    }
    if (byte === DASH || (byte >= 0x30 && byte <= 0x39)) {
      const end = numberEnd(bytes, at, to)
      if (rewriter.finds(bytes, at, end, false)) {
        writeQuoted(out, () => rewriter.rewrite(bytes, at, end, out))
      } else out.write(bytes, at, end)
      at = end
      continue
    }
    if (byte !== COLON && byte !== 0x20) isSecret = false
    out.write(bytes, at, at + 1)
    at++
  }
}

function writeQuoted(out: OutputBytes, write: () => void): void {
  out.writeText('"')
  write()
  out.writeText('"')
}

/** The text between the quotes at `open` and `close`; without escapes its bytes are its own. */
function writeText(
  rewriter: Rewriter,
  out: OutputBytes,
  bytes: Buffer,
  open: number,
  close: number,
): void {
  if (!rewriter.finds(bytes, open + 1, close, true)) {
    out.write(bytes, open, close + 1)
    return
  }
  const slice = bytes.subarray(open, close + 1)
  if (!slice.includes(BACKSLASH)) {
    writeQuoted(out, () => rewriter.rewrite(bytes, open + 1, close, out))
    return
  }
  const whole: unknown = JSON.parse(slice.toString('utf8'))
  const text = Buffer.from(String(whole))
  if (!rewriter.finds(text, 0, text.length, false)) {
    out.write(bytes, open, close + 1)
    return
  }
  const start = out.length
  rewriter.rewrite(text, 0, text.length, out)
  const rewritten = out.bytes.toString('utf8', start, out.length)
  out.length = start
  out.writeText(JSON.stringify(rewritten))
}

/** The place of the quote that closes a text. */
function textEnd(bytes: Buffer, from: number, to: number): number {
  let at = from
  while (at < to && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

function nextSign(bytes: Buffer, from: number, to: number): number {
  let at = from
  while (at < to && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++
  return at < to ? at : from
}

function numberEnd(bytes: Buffer, from: number, to: number): number {
  let at = from + 1
  while (at < to && NUMBER_BYTES[bytes[at] ?? 0] === 1) at++
  return at
}

const NUMBER_BYTES = new Uint8Array(256)
for (const byte of Buffer.from('0123456789.eE+-')) NUMBER_BYTES[byte] = 1
