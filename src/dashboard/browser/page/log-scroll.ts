import { byteOf, LineNumbers } from './line-numbers.ts'

/** Lines in the page beyond these are dropped at the far end. */
const MOST_LINES = 4_000
const NEAR_PX = 1_200

interface Window {
  readonly from: number
  readonly to: number
  readonly size: number
  /** The number of its first line, when it is known already. */
  readonly first: number | null
  /** Where the line begins that was asked for by its number. */
  readonly at?: number
  /** Made by the server, which escapes all that the log holds. */
  readonly html: string
}

/** A scrolled box that holds a part of a log and gets more of it on both sides. */
export class LogScroll {
  readonly #box: HTMLElement
  #from: number
  #to: number
  #size: number
  readonly #numbers: LineNumbers
  #isLoading = false
  #stream: EventSource | undefined
  #place: HTMLInputElement | undefined

  constructor(box: HTMLElement) {
    this.#box = box
    this.#from = Number(box.dataset['from'])
    this.#to = Number(box.dataset['to'])
    this.#size = Number(box.dataset['size'])
    box.addEventListener('scroll', () => this.#onScroll(), { passive: true })
    box.addEventListener('click', event => this.#onClick(event))
    this.#numbers = new LineNumbers(box, this.#log())
    this.#numbers.begin(box.dataset['first'] === '' ? null : Number(box.dataset['first']))
    const { at, end, line } = box.dataset
    if (line !== undefined && line !== '') void this.goToLine(Number(line))
    else if (at !== undefined && at !== '') this.#mark(Number(at), 'center')
    else if (end === 'yes') box.scrollTop = box.scrollHeight
    else this.showHash()
    void this.#fill()
  }

  get size(): number {
    return this.#size
  }

  /** The byte of the line at the top. */
  get topLine(): number {
    const top = this.#box.getBoundingClientRect().top
    for (const line of this.#box.children) {
      if (line.getBoundingClientRect().bottom > top + 2) return byteOf(line)
    }
    return this.#from
  }

  /** Shows a line, by the byte that it begins at. */
  async goTo(at: number, block: 'start' | 'center' | 'end'): Promise<void> {
    if (at >= this.#from && at < this.#to && document.getElementById(`b${at}`) !== null) {
      this.#mark(at, block)
      return
    }
    const window = await this.#load({ from: Math.max(0, at - 8_192) })
    this.#replace(window)
    this.#mark(at, block)
    await this.#fill()
  }

  /** The same by its number. */
  async goToLine(line: number): Promise<void> {
    const known = this.#numbers.find(line)
    if (known !== undefined) return this.#mark(byteOf(known), 'center')
    const window = await this.#load({ line })
    this.#replace(window)
    this.#mark(window.at ?? window.from, 'center')
    await this.#fill()
  }

  async toEnd(): Promise<void> {
    this.#replace(await this.#load({ from: -49_152 }))
    this.#box.scrollTop = this.#box.scrollHeight
    await this.#fill()
  }

  showHash(): void {
    const [, kind, place] = /^#([bL])(\d+)$/.exec(location.hash) ?? []
    if (kind === 'b') void this.goTo(Number(place), 'center')
    else if (kind === 'L') void this.goToLine(Number(place))
  }

  usePlace(place: HTMLInputElement): void {
    this.#place = place
    place.addEventListener('change', () => {
      const at = Math.floor((Number(place.value) / 1_000) * this.#size)
      if (Number(place.value) >= 1_000) void this.toEnd()
      else void this.#load({ from: at }).then(window => this.#replace(window))
    })
    this.#showPlace()
  }

  follow(isOn: boolean): void {
    this.#stream?.close()
    this.#stream = undefined
    if (isOn) void this.#startFollowing()
  }

  async #startFollowing(): Promise<void> {
    await this.toEnd()
    const query = new URLSearchParams({ ...this.#log(), from: String(this.#to) })
    const stream = new EventSource(`/logs/follow?${query.toString()}`)
    this.#stream = stream
    stream.addEventListener('lines', event => {
      const window = JSON.parse(String(event.data)) as Window // log-routes.ts
      if (window.from > this.#to) return
      this.#removeFrom(window.from) // a line that had begun is told anew, with what it says now
      this.#append(window)
      this.#box.scrollTop = this.#box.scrollHeight
    })
    stream.addEventListener('anew', () => this.follow(true))
    stream.addEventListener('failed', event => {
      this.follow(false)
      this.#box.dispatchEvent(new CustomEvent('unfollowed', { detail: event.data }))
    })
  }

  #log(): Record<string, string> {
    const { date = '', log = '' } = this.#box.dataset
    return { date, log }
  }

  async #load(
    place: { readonly from: number; readonly to?: number } | { readonly line: number },
  ): Promise<Window> {
    const query = new URLSearchParams(this.#log())
    for (const [name, value] of Object.entries(place)) query.set(name, String(value))
    const response = await fetch(`/logs/window?${query.toString()}`)
    if (!response.ok) throw new Error(`no lines: ${response.status}`)
    return response.json() as Promise<Window> // log-routes.ts
  }

  #replace(window: Window): void {
    this.#box.innerHTML = window.html
    this.#from = window.from
    this.#to = window.to
    this.#size = window.size
    this.#numbers.begin(window.first)
    this.#showPlace()
  }

  #append(window: Window): void {
    this.#box.insertAdjacentHTML('beforeend', window.html)
    this.#to = window.to
    this.#size = Math.max(this.#size, window.size)
    while (this.#box.childElementCount > MOST_LINES) {
      this.#box.firstElementChild?.remove()
      this.#numbers.passFirst()
    }
    this.#from = byteOf(this.#box.firstElementChild)
    this.#numbers.show()
    this.#showPlace()
  }

  #removeFrom(at: number): void {
    while (this.#box.lastElementChild !== null && byteOf(this.#box.lastElementChild) >= at) {
      this.#box.lastElementChild.remove()
    }
  }

  #prepend(window: Window): void {
    const before = this.#box.scrollHeight
    this.#box.insertAdjacentHTML('afterbegin', window.html)
    this.#box.scrollTop += this.#box.scrollHeight - before
    this.#from = window.from
    this.#numbers.begin(window.first)
    const last = this.#box.lastElementChild
    if (this.#box.childElementCount > MOST_LINES && last !== null) {
      while (this.#box.childElementCount > MOST_LINES) {
        this.#to = byteOf(this.#box.lastElementChild)
        this.#box.lastElementChild?.remove()
      }
    }
  }

  #onScroll(): void {
    this.#showPlace()
    if (!this.#isLoading) void this.#fill()
  }

  /** Gets more where the reader comes near an end. */
  async #fill(): Promise<void> {
    if (this.#isLoading) return
    this.#isLoading = true
    try {
      const box = this.#box
      if (this.#from > 0 && box.scrollTop < NEAR_PX) {
        const from = Math.max(0, this.#from - 49_152)
        this.#prepend(await this.#load({ from, to: this.#from }))
      }
      if (this.#to < this.#size && box.scrollHeight - box.clientHeight - box.scrollTop < NEAR_PX) {
        this.#append(await this.#load({ from: this.#to }))
      }
    } catch {
      // The next scroll tries again.
    } finally {
      this.#isLoading = false
    }
  }

  #mark(at: number, block: 'start' | 'center' | 'end'): void {
    for (const one of this.#box.querySelectorAll('.marked')) one.classList.remove('marked')
    const line = document.getElementById(`b${at}`)
    if (line === null) return
    line.classList.add('marked')
    const offset = line.offsetTop - this.#box.offsetTop
    const middle = block === 'center' ? this.#box.clientHeight / 2 : 0
    this.#box.scrollTop = offset - middle
  }

  /** A link to one line must work for who gets it: the address names the line. */
  #onClick(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a.at') : null
    const line = link?.parentElement
    if (line === null || line === undefined) return
    event.preventDefault()
    const at = byteOf(line)
    const number = this.#numbers.of(line)
    const place = number === undefined ? { at: String(at) } : { line: String(number) }
    const query = new URLSearchParams({ ...this.#log(), ...place })
    const hash = number === undefined ? `b${at}` : `L${number}`
    history.replaceState(null, '', `/logs/view?${query.toString()}#${hash}`)
    this.#mark(at, 'center')
  }

  #showPlace(): void {
    if (this.#place === undefined || this.#size === 0) return
    const box = this.#box
    const share =
      box.scrollHeight > box.clientHeight
        ? box.scrollTop / (box.scrollHeight - box.clientHeight)
        : 0
    const at = this.#from + share * (this.#to - this.#from)
    this.#place.value = String(Math.round((at / this.#size) * 1_000))
  }
}
