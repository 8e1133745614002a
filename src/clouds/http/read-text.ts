import type { AnswerBody } from './wire-body.ts'

/** An answer of text, whole. @throws what `broken` makes, where it does not end */
export async function readText(
  body: AnswerBody,
  maxBytes: number,
  broken: (what: string) => Error,
): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) throw broken('it does not end')
    chunks.push(chunk)
  }
  return size === 0 ? '' : Buffer.concat(chunks, size).toString('utf8')
}
