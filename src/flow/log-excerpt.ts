import { FileTail } from '../core/file-tail.ts'

export interface LogExcerpt {
  readonly first: readonly string[]
  /** How many lines lie between. */
  readonly leftOut: number
  readonly last: readonly string[]
}

const FIRST_LINES = 5
const LAST_LINES = 10
const WIDTH = 300

/**
 * The first and last lines that one command wrote into its target's log. Its part begins with a
 * heading that bears its id (`#> TIME attempt=N id=ID`, then `#$` lines) and ends with the next one.
 * Reads the log once, in constant memory.
 */
export async function readLogExcerpt(path: string, id: string): Promise<LogExcerpt> {
  const first: string[] = []
  const last: string[] = []
  let count = 0
  let inside = false
  let inHeading = false
  const take = (line: string): void => {
    const shown = line.replaceAll('\0', '').trimEnd()
    count += 1
    if (first.length < FIRST_LINES) first.push(cut(shown))
    else {
      last.push(cut(shown))
      if (last.length > LAST_LINES) last.shift()
    }
  }
  const tail = new FileTail(path)
  for await (const line of tail.lines()) {
    if (/^#> \S+ attempt=\d+ id=\S+$/.test(line)) {
      inside = line.endsWith(` id=${id}`)
      inHeading = inside
    } else if (inHeading && /^#[$ ] /.test(line)) continue
    else if (inside) {
      inHeading = false
      take(line)
    }
  }
  if (inside && tail.rest !== '') take(tail.rest)
  const leftOut = Math.max(0, count - first.length - last.length)
  while (last.at(-1) === '') last.pop()
  while (last.length === 0 && first.at(-1) === '') first.pop()
  return { first, last, leftOut }
}

const cut = (line: string): string => (line.length > WIDTH ? `${line.slice(0, WIDTH)}...` : line)
