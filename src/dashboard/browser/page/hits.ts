/** A line that a search found, as the server tells it. */
export interface Hit {
  readonly at: number
  readonly text: string
  readonly log: string
}

export interface SearchEnd {
  readonly found: number
  readonly hasMore: boolean
}

/** Reads hits as they are found. Resolves when the search is over, or undefined when it was stopped. */
export async function streamHits(
  url: string,
  signal: AbortSignal,
  onHit: (hit: Hit) => void,
): Promise<SearchEnd | undefined> {
  const response = await fetch(url, { signal })
  if (!response.ok || response.body === null)
    throw new Error(`the search failed: ${response.status}`)
  let rest = ''
  let end: SearchEnd | undefined
  const take = (line: string): void => {
    if (line === '') return
    const told = JSON.parse(line) as (Hit & { isDone?: never }) | (SearchEnd & { isDone: true }) // log-routes.ts
    if (told.isDone === true) end = told
    else onHit(told)
  }
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  }
  take(rest)
  return end
}

/** `text` as a node in which what was looked for is marked. */
export function marked(text: string, query: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  const ignoresCase = query === query.toLowerCase()
  const place = query === '' ? -1 : (ignoresCase ? text.toLowerCase() : text).indexOf(query)
  if (place === -1) {
    fragment.append(text)
    return fragment
  }
  const mark = document.createElement('mark')
  mark.textContent = text.slice(place, place + query.length)
  fragment.append(text.slice(0, place), mark, text.slice(place + query.length))
  return fragment
}
