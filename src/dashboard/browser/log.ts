/** The view of one log: goes through a file of any size, a window at a time. */
import { LogScroll } from './page/log-scroll.ts'
import { LogSearch } from './page/log-search.ts'
import { isTyping } from './page/keys.ts'

const box = document.getElementById('log')
if (box !== null) start(box)

function start(box: HTMLElement): void {
  const scroll = new LogScroll(box)
  const search = new LogSearch(box, scroll)
  const wrap = checkbox('wrap')
  const follow = checkbox('follow')
  wrap?.addEventListener('change', () => box.classList.toggle('nowrap', !wrap.checked))
  follow?.addEventListener('change', () => scroll.follow(follow.checked))
  box.addEventListener('unfollowed', event => {
    if (follow !== null) follow.checked = false
    const state = document.getElementById('search-state')
    if (state !== null && event instanceof CustomEvent) state.textContent = String(event.detail)
  })
  document.getElementById('to-start')?.addEventListener('click', () => void scroll.goTo(0, 'start'))
  document.getElementById('to-end')?.addEventListener('click', () => void scroll.toEnd())
  const place = document.getElementById('place')
  if (place instanceof HTMLInputElement) scroll.usePlace(place)
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (event.key === 'Home') void scroll.goTo(0, 'start')
    else if (event.key === 'End' || event.key === 'G') void scroll.toEnd()
    else if (event.key === 'n') search.step(1)
    else if (event.key === 'N' || event.key === 'p') search.step(-1)
    else if (event.key === 'e') void search.nextError()
    else if (event.key === 'f' && follow !== null) follow.click()
    else if (event.key === 'w' && wrap !== null) wrap.click()
    else return
    event.preventDefault()
  })
  addEventListener('hashchange', () => scroll.showHash())
  if (box.dataset['running'] === 'yes' && follow !== null) {
    follow.checked = true
    scroll.follow(true)
  }
}

function checkbox(id: string): HTMLInputElement | null {
  const element = document.getElementById(id)
  return element instanceof HTMLInputElement ? element : null
}
