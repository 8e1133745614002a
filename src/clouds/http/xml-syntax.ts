/** What the two readers of XML have in common: the tree (xml.ts) and tag by tag (xml-reader.ts). */

/** The place after a tag, a declaration or a comment. @throws SyntaxError */
export function endOfMarkup(document: string, start: number): number {
  const isComment = document.startsWith('<!--', start)
  const end = document.indexOf(isComment ? '-->' : '>', start + 1)
  if (end === -1) throw new SyntaxError('cut off in a tag')
  return end + (isComment ? 3 : 1)
}

/** `s3:Key` is `Key`. @throws SyntaxError */
export function localName(tag: string): string {
  const name = tag.trimEnd()
  const local = name.slice(name.indexOf(':') + 1)
  if (local === '') throw new SyntaxError('a tag without a name')
  return local
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** Not by a pattern: the quotes of each ETag of a listing come here. @throws SyntaxError */
export function resolveEntities(text: string): string {
  let resolved = ''
  let at = 0
  for (;;) {
    const start = text.indexOf('&', at)
    if (start === -1) return resolved + text.slice(at)
    const end = text.indexOf(';', start)
    const name = text.slice(start + 1, end === -1 ? undefined : end)
    resolved += text.slice(at, start) + (ENTITIES[name] ?? numbered(name))
    if (end === -1) throw new SyntaxError(`the entity &${name} has no end`)
    at = end + 1
  }
}

const LAST_CODE_POINT = 0x10ffff

function numbered(name: string): string {
  const [, hex, decimal] = /^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(name) ?? []
  const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16)
  if (code <= LAST_CODE_POINT) return String.fromCodePoint(code)
  throw new SyntaxError(`unknown entity &${name};`)
}
