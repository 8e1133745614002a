/** The leading comment of a model: where its header may be. */
export interface HeaderComment {
  /**
   * What the comment says, with the comment's marks blanked out and empty lines before it, so that a
   * line and, but for the first line of a block, a column of it are those of the file.
   */
  readonly text: string
}

/**
 * Takes the comment that a file begins with: one block, or the `--` lines that follow each other.
 * Undefined when the file begins with something else.
 */
export function leadingComment(file: string): HeaderComment | undefined {
  const blank = /^\uFEFF?\s*/.exec(file)?.[0] ?? ''
  const rest = file.slice(blank.length)
  if (rest.startsWith('/*')) {
    const end = rest.indexOf('*/')
    return {
      text:
        blank.replace(/[^\n]/g, '') + blockText(end === -1 ? rest.slice(2) : rest.slice(2, end)),
    }
  }
  if (!rest.startsWith('--')) return undefined
  const lines = rest.split('\n')
  const after = lines.findIndex(line => !/^[ \t]*--/.test(line))
  const own = after === -1 ? lines : lines.slice(0, after)
  return {
    text:
      blank.replace('\uFEFF', '') + own.map(line => line.replace(/^([ \t]*)--/, '$1  ')).join('\n'),
  }
}

function blockText(inner: string): string {
  const [first = '', ...lines] = inner.split('\n')
  const filled = lines.filter(line => line.trim() !== '')
  const isStarred = filled.length > 0 && filled.every(line => /^[ \t]*\*/.test(line))
  const others = isStarred ? lines.map(line => line.replace(/^([ \t]*)\*/, '$1 ')) : lines
  // Text after the opening mark lines up with what follows it.
  const indents = others.filter(line => line.trim() !== '').map(line => line.search(/\S/))
  const indent = indents.length === 0 ? 0 : Math.min(...indents)
  const opening = first.replace(/^\*+/, '').trim()
  return [opening === '' ? '' : ' '.repeat(indent) + opening, ...others].join('\n')
}
