/**
 * The bytes of a text as they are, but of one that is UTF-16 (told by the mark at its beginning, as
 * Windows writes it) in UTF-8. `onUtf16` is called before the first piece of such a text.
 */
export async function* asUtf8(
  pieces: AsyncIterable<Buffer>,
  onUtf16: () => void = () => {},
): AsyncGenerator<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let isFirst = true
  for await (const piece of pieces) {
    if (isFirst && piece.length > 1) {
      isFirst = false
      if (piece[0] === 0xff && piece[1] === 0xfe) decoder = new TextDecoder('utf-16le')
      if (piece[0] === 0xfe && piece[1] === 0xff) decoder = new TextDecoder('utf-16be')
      if (decoder !== undefined) onUtf16()
    }
    if (decoder === undefined) yield piece
    else yield Buffer.from(decoder.decode(piece, { stream: true }))
  }
  if (decoder !== undefined) yield Buffer.from(decoder.decode())
}
