/** Finding in the graph, and zooming. */
const box = document.getElementById('graph')
const find = document.getElementById('find')
const ZOOM = 1.25
const LEGIBLE = 0.75
let zoom = 1

const drawing = (): SVGSVGElement | null => document.querySelector('#drawing')

if (box !== null) {
  document.getElementById('zoom-in')?.addEventListener('click', () => setZoom(box, zoom * ZOOM))
  document.getElementById('zoom-out')?.addEventListener('click', () => setZoom(box, zoom / ZOOM))
  document.getElementById('zoom-fit')?.addEventListener('click', () => fit(box))
  box.addEventListener('keydown', event => {
    if (event.key === '+' || event.key === '=') setZoom(box, zoom * ZOOM)
    else if (event.key === '-') setZoom(box, zoom / ZOOM)
    else if (event.key === '0') fit(box)
  })
  box.addEventListener(
    'wheel',
    event => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      setZoom(box, zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1))
    },
    { passive: false },
  )
  letDrag(box)
  fitIfLegible(box)
  bringIntoSight(
    document.querySelector('.node.focus') ??
      document.querySelector('.node.failed') ??
      document.querySelector('.node.running') ??
      firstNode(),
  )
  document.addEventListener('ferry:refreshed', () => setZoom(box, zoom))
}

if (find instanceof HTMLInputElement) {
  find.addEventListener('input', () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
    let first: Element | undefined
    for (const node of document.querySelectorAll('.node')) {
      const text = (node.getAttribute('aria-label') ?? '').toLowerCase()
      const fits = words.every(word => text.includes(word))
      node.classList.toggle('dim', words.length > 0 && !fits)
      if (fits && words.length > 0) first ??= node
    }
    if (first !== undefined) bringIntoSight(first)
  })
  find.addEventListener('keydown', event => {
    if (event.key !== 'Enter') return
    const found = document.querySelector<SVGAElement>('.node:not(.dim)')
    if (found !== null && find.value !== '') location.assign(found.href.baseVal)
  })
}

function setZoom(box: HTMLElement, wanted: number): void {
  const svg = drawing()
  if (svg === null) return
  const next = Math.max(0.1, Math.min(wanted, 3))
  const middle = {
    x: box.scrollLeft + box.clientWidth / 2,
    y: box.scrollTop + box.clientHeight / 2,
  }
  const { width, height } = svg.viewBox.baseVal
  svg.setAttribute('width', String(width * next))
  svg.setAttribute('height', String(height * next))
  box.scrollLeft = (middle.x * next) / zoom - box.clientWidth / 2
  box.scrollTop = (middle.y * next) / zoom - box.clientHeight / 2
  zoom = next
}

function fit(box: HTMLElement): void {
  const size = drawing()?.viewBox.baseVal
  if (size === undefined) return
  setZoom(box, Math.min(1.2, box.clientWidth / size.width, box.clientHeight / size.height))
}

/** Where everything begins: the leftmost. */
function firstNode(): Element | null {
  const nodes = [...document.querySelectorAll('.node')]
  const left = (node: Element): number => node.getBoundingClientRect().left
  return nodes.reduce<Element | null>(
    (first, node) => (first === null || left(node) < left(first) ? node : first),
    null,
  )
}

/** What fits when it is drawn a little smaller is seen whole at first; of more, as much as is legible. */
function fitIfLegible(box: HTMLElement): void {
  const size = drawing()?.viewBox.baseVal
  if (size === undefined) return
  const scale = Math.min(box.clientWidth / size.width, box.clientHeight / size.height)
  if (scale < 1) setZoom(box, Math.max(scale, LEGIBLE))
}

/** A hand that drags the paper; a click without moving is a click. */
function letDrag(box: HTMLElement): void {
  let from: { x: number; y: number; left: number; top: number } | undefined
  let hasMoved = false
  box.addEventListener('pointerdown', event => {
    hasMoved = false
    if (event.button !== 0 || event.pointerType === 'touch') return
    from = { x: event.clientX, y: event.clientY, left: box.scrollLeft, top: box.scrollTop }
  })
  addEventListener('pointermove', event => {
    if (from === undefined || event.buttons !== 1) return
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y]
    if (Math.abs(dx) + Math.abs(dy) > 5) hasMoved = true
    box.scrollLeft = from.left - dx
    box.scrollTop = from.top - dy
  })
  addEventListener('pointerup', () => {
    from = undefined
  })
  box.addEventListener('dragstart', event => event.preventDefault())
  box.addEventListener('click', event => {
    if (hasMoved) event.preventDefault()
  })
}

function bringIntoSight(node: Element | null): void {
  node?.scrollIntoView({ block: 'center', inline: 'center' })
}
