/**
 * Keeps the parts of a page that are marked `data-live` as they are on the server: told of a change,
 * it gets the page again and exchanges the parts that differ. What the reader has opened, focused or
 * scrolled stays. Pages that draw for themselves listen for `ferry:night`.
 */
const RELOAD_AT_MOST_EVERY_MS = 300

export function keepLive(): void {
  const { date } = document.documentElement.dataset
  if (date === undefined || date === '') return
  let source: EventSource | undefined
  const open = (): void => {
    if (source !== undefined || document.hidden) return
    source = new EventSource(`/events?date=${encodeURIComponent(date)}`)
    source.addEventListener('hello', event => {
      show(true)
      // Something has come between the page and its stream, or while the stream was away.
      if (versionOf(event.data) !== document.documentElement.dataset['version']) refresher.ask()
    })
    source.addEventListener('night', event => {
      document.documentElement.dataset['version'] = versionOf(event.data)
      document.dispatchEvent(new CustomEvent('ferry:night', { detail: JSON.parse(event.data) }))
      refresher.ask()
    })
    source.addEventListener('error', () => show(false))
  }
  const close = (): void => {
    source?.close()
    source = undefined
  }
  // A browser has few connections to one place: pages that nobody sees do without.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close()
    else {
      open()
      refresher.ask()
    }
  })
  addEventListener('pagehide', close)
  open()
}

const versionOf = (data: string): string => String(Object(JSON.parse(data)).version)

function show(isConnected: boolean): void {
  const sign = document.getElementById('live')
  if (sign === null) return
  sign.hidden = false
  sign.classList.toggle('lost', !isConnected)
  sign.textContent = isConnected ? 'live' : 'not connected'
}

/** One request at a time, and one more when something came meanwhile. */
class Refresher {
  #isBusy = false
  #isAsked = false

  ask(): void {
    if (document.querySelector('[data-live]') === null) return
    this.#isAsked = true
    if (!this.#isBusy) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isBusy = true
    while (this.#isAsked) {
      this.#isAsked = false
      try {
        await refresh()
      } catch {
        // The server may be away; the stream tells when it is back.
      }
      await new Promise(resolve => setTimeout(resolve, RELOAD_AT_MOST_EVERY_MS))
    }
    this.#isBusy = false
  }
}

const refresher = new Refresher()

async function refresh(): Promise<void> {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } })
  if (!response.ok || response.redirected) return
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const part of document.querySelectorAll('[data-live]')) {
    const other = fresh.getElementById(part.id)
    if (other !== null) exchange(part, other)
  }
  document.dispatchEvent(new Event('ferry:refreshed'))
}

/** Children are compared one by one: what did not change is not touched. */
function exchange(part: Element, fresh: Element): void {
  if (part.className !== fresh.className) part.className = fresh.className
  const mine = [...part.childNodes]
  const theirs = [...fresh.childNodes]
  if (mine.length !== theirs.length) {
    if (part.innerHTML !== fresh.innerHTML) part.replaceChildren(...theirs)
    return
  }
  for (const [at, node] of mine.entries()) {
    const other = theirs[at]
    if (other === undefined || node.isEqualNode(other)) continue
    const isSameKind =
      node instanceof Element && other instanceof Element && node.tagName === other.tagName
    if (!isSameKind) node.replaceWith(other)
    else if (holdsFocus(node) && node.children.length > 0) exchange(node, other)
    else {
      if (node instanceof HTMLDetailsElement && node.open) other.setAttribute('open', '')
      node.replaceWith(other)
    }
  }
}

const holdsFocus = (element: Element): boolean => element.contains(document.activeElement)
