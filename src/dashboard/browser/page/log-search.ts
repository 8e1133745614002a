import { streamHits } from './hits.ts'
import type { LogScroll } from './log-scroll.ts'

/** Searches in one log, and steps through what was found. */
export class LogSearch {
  readonly #box: HTMLElement
  readonly #scroll: LogScroll
  readonly #state = document.getElementById('search-state')
  readonly #buttons = ['previous', 'next'].flatMap(id => document.getElementById(id) ?? [])
  #hits: number[] = []
  #current = -1
  #running: AbortController | undefined

  constructor(box: HTMLElement, scroll: LogScroll) {
    this.#box = box
    this.#scroll = scroll
    const form = document.getElementById('log-search')
    const input = document.getElementById('q')
    form?.addEventListener('submit', event => {
      event.preventDefault()
      const query = input instanceof HTMLInputElement ? input.value.trim() : ''
      if (query.length >= 2) void this.#search({ q: query })
      else this.#say('two letters at least')
    })
    document.getElementById('errors')?.addEventListener('click', () => void this.nextError())
    document.getElementById('previous')?.addEventListener('click', () => this.step(-1))
    document.getElementById('next')?.addEventListener('click', () => this.step(1))
  }

  step(by: 1 | -1): void {
    if (this.#hits.length === 0) return
    this.#current = (this.#current + by + this.#hits.length) % this.#hits.length
    this.#show()
  }

  /** The first error after the line at the top, from the start again after the last. */
  async nextError(): Promise<void> {
    const marked = this.#box.querySelector('.marked')
    const top = marked === null ? this.#scroll.topLine : Number(marked.id.slice(1))
    this.#say('looking for an error')
    const found = (await this.#first(top + 1)) ?? (await this.#first(0))
    this.#say(found === undefined ? 'no error' : '')
    if (found !== undefined) await this.#scroll.goTo(found, 'center')
  }

  async #first(from: number): Promise<number | undefined> {
    let at: number | undefined
    const query = new URLSearchParams({
      ...this.#log(),
      errors: '1',
      from: String(from),
      limit: '1',
    })
    await streamHits(`/logs/search?${query.toString()}`, new AbortController().signal, hit => {
      at ??= hit.at
    })
    return at
  }

  async #search(wanted: Record<string, string>): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.#hits = []
    this.#current = -1
    for (const button of this.#buttons) button.hidden = true
    this.#say('searching')
    const query = new URLSearchParams({ ...this.#log(), ...wanted })
    try {
      const end = await streamHits(`/logs/search?${query.toString()}`, running.signal, hit => {
        this.#hits.push(hit.at)
        if (this.#hits.length === 1) this.step(1)
      })
      for (const button of this.#buttons) button.hidden = this.#hits.length === 0
      this.#say(this.#told(end?.hasMore === true))
    } catch (error) {
      if (!running.signal.aborted) this.#say(String(error))
    }
  }

  #show(): void {
    const at = this.#hits[this.#current]
    if (at === undefined) return
    void this.#scroll.goTo(at, 'center')
    this.#say(this.#told(false))
  }

  #told(hasMore: boolean): string {
    if (this.#hits.length === 0) return 'nothing found'
    return `${this.#current + 1} of ${this.#hits.length}${hasMore ? ' and more' : ''}`
  }

  #say(text: string): void {
    if (this.#state !== null) this.#state.textContent = text
  }

  #log(): Record<string, string> {
    const { date = '', log = '' } = this.#box.dataset
    return { date, log }
  }
}
