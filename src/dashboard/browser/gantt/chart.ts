import type { GanttModel } from '../../pages/gantt/gantt-model.ts'
import { AXIS_HEIGHT, type Colours, draw, readColours, ROW_HEIGHT } from './draw.ts'
import { type Choice, chooseRows, type Row } from './rows.ts'
import { clock, duration } from './tell.ts'
import { TimeScale } from './time-scale.ts'

const ZOOM = 1.4

/** The chart, its controls and its keys. */
export class Chart {
  readonly #box: HTMLElement
  readonly #canvas = find('gantt-canvas', HTMLCanvasElement)
  readonly #size = find('gantt-size', HTMLElement)
  readonly #tip = find('gantt-tip', HTMLElement)
  readonly #said = find('gantt-said', HTMLElement)
  #model: GanttModel
  #rows: Row[] = []
  #colours: Colours = readColours()
  /** What is in sight; undefined: the whole night. */
  #span: { from: number; to: number } | undefined
  #selected = -1
  #hovered = -1
  #loadedAt = performance.now()
  #isDrawing = false

  constructor(box: HTMLElement, model: GanttModel) {
    this.#box = box
    this.#model = model
    this.#choose()
    this.#listen()
    setInterval(() => {
      if (!this.#model.isOver) this.#redraw()
    }, 1_000)
  }

  update(model: GanttModel): void {
    const selected = this.#rows[this.#selected]?.command.id
    this.#model = model
    this.#loadedAt = performance.now()
    this.#choose()
    this.#selected = this.#rows.findIndex(row => row.command.id === selected)
  }

  get #now(): number {
    return this.#model.now + (performance.now() - this.#loadedAt)
  }

  get #scale(): TimeScale {
    const whole = { from: 0, to: this.#end }
    const { from, to } = this.#span ?? whole
    return new TimeScale(from, to, this.#box.clientWidth, this.#model.startedAt)
  }

  get #end(): number {
    const ends = this.#model.commands.map(one => one.to ?? one.from)
    const last = ends.reduce((a, b) => Math.max(a, b), 1_000)
    return this.#model.isOver ? last : Math.max(last, this.#now)
  }

  #choose(): void {
    const words = find('filter', HTMLInputElement).value.toLowerCase().split(/\s+/).filter(Boolean)
    const choice: Choice = {
      show: find('rows', HTMLSelectElement).value as Choice['show'], // its options are these
      order: find('order', HTMLSelectElement).value as Choice['order'], // and these
      words,
    }
    this.#rows = chooseRows(this.#model, choice)
    this.#selected = Math.min(this.#selected, this.#rows.length - 1)
    this.#size.style.height = `${this.#rows.length * ROW_HEIGHT + AXIS_HEIGHT + 8}px`
    this.#redraw()
  }

  #redraw(): void {
    if (this.#isDrawing) return
    this.#isDrawing = true
    requestAnimationFrame(() => {
      this.#isDrawing = false
      this.#draw()
    })
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#box
    const ratio = devicePixelRatio
    const canvas = this.#canvas
    if (
      canvas.width !== Math.round(width * ratio) ||
      canvas.height !== Math.round(height * ratio)
    ) {
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(height * ratio)
      canvas.style.width = `${width}px`
      canvas.style.height = `${height}px`
    }
    const context = canvas.getContext('2d')
    if (context === null) return
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    draw(context, {
      model: this.#model,
      rows: this.#rows,
      scale: this.#scale,
      scrollTop: this.#box.scrollTop,
      width,
      height,
      now: this.#now,
      selected: this.#selected,
      hovered: this.#hovered,
      showsCritical: find('critical', HTMLInputElement).checked,
      showsUsual: find('usual', HTMLInputElement).checked,
      colours: this.#colours,
    })
    this.#box.dataset['drawn'] = String(this.#rows.length)
  }

  #listen(): void {
    const box = this.#box
    box.addEventListener('scroll', () => this.#redraw(), { passive: true })
    new ResizeObserver(() => this.#redraw()).observe(box)
    for (const id of ['filter', 'rows', 'order']) {
      document.getElementById(id)?.addEventListener('input', () => this.#choose())
    }
    for (const id of ['critical', 'usual']) {
      document.getElementById(id)?.addEventListener('change', () => this.#redraw())
    }
    const recolour = (): void => {
      this.#colours = readColours()
      this.#redraw()
    }
    document.addEventListener('ferry:theme', recolour)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour)
    document.getElementById('zoom-in')?.addEventListener('click', () => this.#zoom(ZOOM))
    document.getElementById('zoom-out')?.addEventListener('click', () => this.#zoom(1 / ZOOM))
    document.getElementById('zoom-all')?.addEventListener('click', () => this.#zoom(undefined))
    box.addEventListener('wheel', event => this.#onWheel(event), { passive: false })
    box.addEventListener('keydown', event => this.#onKey(event))
    this.#listenToPointer()
  }

  #listenToPointer(): void {
    const box = this.#box
    let dragged: { x: number; span: { from: number; to: number } } | undefined
    let hasMoved = false
    box.addEventListener('pointerdown', event => {
      hasMoved = false
      dragged = { x: event.clientX, span: { from: this.#scale.from, to: this.#scale.to } }
    })
    box.addEventListener('pointermove', event => {
      if (dragged !== undefined && event.buttons === 1 && this.#span !== undefined) {
        const moved = event.clientX - dragged.x
        if (Math.abs(moved) > 4) hasMoved = true
        const { from, to } = dragged.span
        const shift = (-moved * (to - from)) / box.clientWidth
        this.#span = { from: from + shift, to: to + shift }
        this.#redraw()
      } else this.#hover(event)
    })
    box.addEventListener('pointerleave', () => {
      this.#hovered = -1
      this.#tip.hidden = true
      this.#redraw()
    })
    box.addEventListener('click', event => {
      dragged = undefined
      const row = this.#rows[this.#rowAt(event)]
      if (!hasMoved && row !== undefined) this.#open(row)
    })
  }

  #rowAt(event: MouseEvent): number {
    const y = event.clientY - this.#box.getBoundingClientRect().top - AXIS_HEIGHT
    if (y < 0) return -1
    return Math.floor((y + this.#box.scrollTop) / ROW_HEIGHT)
  }

  #hover(event: PointerEvent): void {
    const at = this.#rowAt(event)
    const row = this.#rows[at]
    if (at !== this.#hovered) {
      this.#hovered = at
      this.#redraw()
    }
    this.#tip.hidden = row === undefined
    if (row === undefined) return
    this.#tip.textContent = this.#tell(row)
    const { innerWidth, innerHeight } = window
    const [width, height] = [this.#tip.offsetWidth, this.#tip.offsetHeight]
    this.#tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 8))}px`
    this.#tip.style.top = `${event.clientY + 18 + height > innerHeight ? event.clientY - height - 12 : event.clientY + 18}px`
  }

  #tell({ command, from, to, target, usual }: Row): string {
    const took = duration((to ?? this.#now) - from)
    const often = command.attempt > 1 ? `, attempt ${command.attempt}` : ''
    const exit = command.exit !== null && command.exit !== 0 ? `, exit ${command.exit}` : ''
    const normally = usual === undefined ? '' : `, usually ${duration(usual)}`
    return `${target}\n${command.state}${exit}, from ${clock(this.#model, from)}, ${took}${normally}${often}\n${command.command}`
  }

  #zoom(factor: number | undefined, around?: number): void {
    if (factor === undefined) this.#span = undefined
    else {
      const { from, to } = this.#scale
      const middle = around ?? (from + to) / 2
      const next = { from: middle - (middle - from) / factor, to: middle + (to - middle) / factor }
      this.#span = next.from <= 0 && next.to >= this.#end ? undefined : next
    }
    this.#redraw()
  }

  #onWheel(event: WheelEvent): void {
    const x = event.clientX - this.#box.getBoundingClientRect().left
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      this.#zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, this.#scale.toTime(x))
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault()
      this.#pan((event.deltaX || event.deltaY) / this.#box.clientWidth)
    }
  }

  /** By a share of what is in sight. */
  #pan(share: number): void {
    if (this.#span === undefined) return
    const { from, to } = this.#scale
    const shift = (to - from) * share
    this.#span = { from: from + shift, to: to + shift }
    this.#redraw()
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 20,
      PageUp: -20,
    }
    const step = steps[event.key]
    const row = this.#rows[this.#selected]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (step !== undefined) this.#select(this.#selected + step)
    else if (event.key === 'Home') this.#select(0)
    else if (event.key === 'End') this.#select(this.#rows.length - 1)
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight')
      this.#pan(event.key === 'ArrowLeft' ? -0.2 : 0.2)
    else if (event.key === '+' || event.key === '=') this.#zoom(ZOOM, row?.from)
    else if (event.key === '-') this.#zoom(1 / ZOOM, row?.from)
    else if (event.key === '0') this.#zoom(undefined)
    else if (event.key === 'Enter' && row !== undefined) this.#open(row)
    else return
    event.preventDefault()
  }

  #select(wanted: number): void {
    this.#selected = Math.max(0, Math.min(wanted, this.#rows.length - 1))
    const row = this.#rows[this.#selected]
    if (row === undefined) return
    const top = this.#selected * ROW_HEIGHT
    const sight = this.#box.clientHeight - AXIS_HEIGHT
    if (top < this.#box.scrollTop) this.#box.scrollTop = top
    if (top + ROW_HEIGHT > this.#box.scrollTop + sight)
      this.#box.scrollTop = top + ROW_HEIGHT - sight
    this.#said.textContent = this.#tell(row)
    this.#redraw()
  }

  #open({ target, command }: Row): void {
    const query = new URLSearchParams({ date: this.#model.date, target, command: command.id })
    location.assign(`/logs/view?${query.toString()}`)
  }
}

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`the page has no ${id}`)
}
