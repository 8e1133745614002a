import { switchTheme } from './theme.ts'

/** How long `g` waits for its second key. */
const SECOND_KEY_MS = 1_500

/** The keys of every page; a page's own listen for themselves. */
export function installKeys(): void {
  const dialog = document.getElementById('keys-dialog')
  if (!(dialog instanceof HTMLDialogElement)) return
  document.getElementById('keys')?.addEventListener('click', () => dialog.showModal())
  const places = new Map(
    (dialog.dataset['keys'] ?? '').split(',').map((pair): [string, string] => {
      const [key = '', path = '/'] = pair.split(' ')
      return [key, path]
    }),
  )
  let awaitingUntil = 0
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (event.defaultPrevented) return
    if (performance.now() < awaitingUntil) {
      awaitingUntil = 0
      const path = places.get(event.key)
      if (path !== undefined) go(path)
      return
    }
    if (event.key === 'g') awaitingUntil = performance.now() + SECOND_KEY_MS
    else if (event.key === '?') dialog.showModal()
    else if (event.key === 't') switchTheme()
    else if (event.key === '[' || event.key === ']') besideNight(event.key === '[' ? -1 : 1)
    else if (event.key === '/') {
      const search = document.querySelector<HTMLInputElement>('main input[type=search]')
      if (search === null) return
      event.preventDefault()
      search.focus()
      search.select()
    }
  })
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

function go(path: string): void {
  const { date } = document.documentElement.dataset
  location.assign(date === undefined || date === '' ? path : `${path}?date=${date}`)
}

function besideNight(step: -1 | 1): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('#strip a')]
  const current = links.findIndex(link => link.getAttribute('aria-current') === 'date')
  links[current + step]?.click()
}
