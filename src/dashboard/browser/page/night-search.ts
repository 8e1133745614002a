import { type Hit, marked, streamHits } from './hits.ts'

interface SearchParts {
  readonly form: HTMLFormElement
  readonly input: HTMLInputElement
  readonly panel: HTMLElement
  readonly state: HTMLElement
  readonly stop: HTMLElement
}

export class NightSearch {
  readonly #parts: SearchParts
  #running: AbortController | undefined

  constructor(parts: SearchParts) {
    this.#parts = parts
    parts.stop.addEventListener('click', () => this.#running?.abort())
  }

  async run(): Promise<void> {
    const { form, input, panel, state, stop } = this.#parts
    this.#running?.abort()
    const query = input.value.trim()
    panel.replaceChildren()
    panel.hidden = true
    state.textContent = query.length === 1 ? 'two letters at least' : ''
    if (query.length < 2) return
    const date = form.dataset['date'] ?? ''
    const running = new AbortController()
    this.#running = running
    stop.hidden = false
    state.textContent = 'searching'
    let found = 0
    const lists = new Map<string, HTMLUListElement>()
    try {
      const url = `/logs/search?${new URLSearchParams({ date, q: query }).toString()}`
      const end = await streamHits(url, running.signal, hit => {
        found += 1
        panel.hidden = false
        listOf(hit.log, lists, panel, date).append(itemOf(hit, query, date))
        state.textContent = `${found} found so far`
      })
      state.textContent = `${found} found${end?.hasMore === true ? ', and there are more' : ''}`
    } catch (error) {
      state.textContent = running.signal.aborted ? `${found} found, stopped` : String(error)
    } finally {
      if (this.#running === running) stop.hidden = true
    }
  }
}

function listOf(
  log: string,
  lists: Map<string, HTMLUListElement>,
  panel: HTMLElement,
  date: string,
): HTMLUListElement {
  let list = lists.get(log)
  if (list === undefined) {
    const title = document.createElement('h2')
    const link = document.createElement('a')
    link.href = `/logs/view?${new URLSearchParams({ date, log }).toString()}`
    link.className = 'target'
    link.textContent = decodeName(log)
    title.append(link)
    list = document.createElement('ul')
    list.className = 'plain-list hits'
    panel.append(title, list)
    lists.set(log, list)
  }
  return list
}

function itemOf({ at, log, text }: Hit, query: string, date: string): HTMLLIElement {
  const item = document.createElement('li')
  const link = document.createElement('a')
  const place = new URLSearchParams({ date, log, at: String(at) })
  link.href = `/logs/view?${place.toString()}#b${at}`
  link.append(marked(text, query))
  item.append(link)
  return item
}

/** `results%2Fa.csv.log` is the log of `results/a.csv`. */
function decodeName(log: string): string {
  try {
    return decodeURIComponent(log.replace(/\.log$/, ''))
  } catch {
    return log // bytes that are no text
  }
}
