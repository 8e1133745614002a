import type { GanttModel } from '../../pages/gantt/gantt-model.ts'
import type { Row } from './rows.ts'
import type { TimeScale } from './time-scale.ts'
import { clock, duration } from './tell.ts'

export const ROW_HEIGHT = 22
export const AXIS_HEIGHT = 26
const BAR_HEIGHT = 14
const LEAST_BAR = 2
const NARROW = 700
/** Of the mark along the rows of one target, in pixels. */
const RAIL_WIDTH = 3
const RAIL_GAP = 3

export interface Picture {
  readonly model: GanttModel
  readonly rows: readonly Row[]
  readonly scale: TimeScale
  /** Of the rows, in CSS pixels. */
  readonly scrollTop: number
  readonly width: number
  readonly height: number
  readonly now: number
  readonly selected: number
  readonly hovered: number
  readonly showsCritical: boolean
  readonly showsUsual: boolean
  readonly colours: Colours
}

const NAMES = [
  'good',
  'bad',
  'run',
  'wait',
  'ink',
  'quiet',
  'line',
  'card',
  'sunk',
  'accent',
  'missed',
] as const
export type Colours = Readonly<Record<(typeof NAMES)[number], string>>

/** The colours of the style sheet, as they are in this theme. */
export function readColours(): Colours {
  const probe = document.createElement('span')
  document.body.append(probe)
  const found = NAMES.map(name => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color]
  })
  probe.remove()
  return Object.fromEntries(found) as Colours // each of NAMES is in it
}

const FONT = '12px system-ui, sans-serif'
const MONO = '11.5px ui-monospace, Menlo, Consolas, monospace'

/** Draws what is in sight, and nothing else: the cost does not grow with the night. */
export function draw(context: CanvasRenderingContext2D, picture: Picture): void {
  const { width, height, colours, rows, scrollTop } = picture
  context.fillStyle = colours.card
  context.fillRect(0, 0, width, height)
  drawGrid(context, picture)
  const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT))
  const last = Math.min(rows.length - 1, Math.ceil((scrollTop + height) / ROW_HEIGHT))
  context.save()
  context.beginPath()
  context.rect(0, AXIS_HEIGHT, width, height - AXIS_HEIGHT)
  context.clip()
  for (let at = first; at <= last; at += 1) {
    const row = rows[at]
    if (row !== undefined) drawRow(context, picture, row, at)
  }
  if (picture.showsCritical) drawCriticalPath(context, picture)
  context.restore()
  drawAxis(context, picture)
}

const yOf = (picture: Picture, at: number): number =>
  AXIS_HEIGHT + at * ROW_HEIGHT - picture.scrollTop

function drawRow(context: CanvasRenderingContext2D, picture: Picture, row: Row, at: number): void {
  const { scale, colours, width, now } = picture
  const y = yOf(picture, at)
  if (at === picture.selected || at === picture.hovered) {
    context.fillStyle = colours.sunk
    context.fillRect(0, y, width, ROW_HEIGHT)
  }
  drawRail(context, picture, at)
  const end = row.to ?? (row.command.state === 'running' ? now : row.from)
  const x = scale.toX(row.from)
  const barWidth = Math.max(LEAST_BAR, scale.toX(end) - x)
  const barY = y + (ROW_HEIGHT - BAR_HEIGHT) / 2
  context.fillStyle = colourOf(row, colours)
  context.globalAlpha = row.command.state === 'done' ? 0.75 : 1
  roundedBar(context, { x, y: barY, width: barWidth, height: BAR_HEIGHT })
  context.globalAlpha = 1
  if (picture.showsCritical && row.isCritical) {
    context.strokeStyle = colours.accent
    context.lineWidth = 2
    context.strokeRect(x - 1, barY - 1, barWidth + 2, BAR_HEIGHT + 2)
  }
  if (picture.showsUsual && row.usual !== undefined) {
    context.fillStyle = colours.ink
    context.fillRect(
      x,
      barY + BAR_HEIGHT + 1,
      Math.max(1, scale.toX(row.from + row.usual) - x),
      1.5,
    )
  }
  if (row.command.attempt > 1)
    drawAttempt(context, picture, { x, y: barY, attempt: row.command.attempt })
  if (at === picture.selected) {
    context.strokeStyle = colours.accent
    context.lineWidth = 1.5
    context.strokeRect(1, y + 1, width - 2, ROW_HEIGHT - 2)
  }
  drawText(context, picture, { row, left: x, right: x + barWidth, y: y + ROW_HEIGHT / 2 + 1 })
}

/** At the left edge, along all rows of a target that has several: they are seen to belong together. */
function drawRail(context: CanvasRenderingContext2D, picture: Picture, at: number): void {
  const { rows, colours } = picture
  const target = rows[at]?.command.target
  const [isAbove, isBelow] = [at - 1, at + 1].map(next => rows[next]?.command.target === target)
  if (isAbove !== true && isBelow !== true) return
  const top = yOf(picture, at) + (isAbove === true ? 0 : RAIL_GAP)
  const bottom = yOf(picture, at) + ROW_HEIGHT - (isBelow === true ? 0 : RAIL_GAP)
  context.fillStyle = colours.quiet
  context.fillRect(0, top, RAIL_WIDTH, bottom - top)
}

function colourOf({ command }: Row, colours: Colours): string {
  if (command.state === 'done') return colours.good
  if (command.state === 'running') return colours.run
  return command.state === 'held' ? colours.wait : colours.bad
}

function drawAttempt(
  context: CanvasRenderingContext2D,
  { colours }: Picture,
  { x, y, attempt }: { x: number; y: number; attempt: number },
): void {
  context.font = '600 10px system-ui, sans-serif'
  context.fillStyle = colours.ink
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  context.fillText(`${attempt}.`, x - 3, y + BAR_HEIGHT / 2)
}

/** Beginning, length and the command itself: behind the bar where there is room, else before or in it. */
function drawText(
  context: CanvasRenderingContext2D,
  { width, colours, model, now }: Picture,
  { row, left, right, y }: { row: Row; left: number; right: number; y: number },
): void {
  const ms = (row.to ?? now) - row.from
  const exit =
    row.command.exit !== null && row.command.exit !== 0 ? ` exit ${row.command.exit}` : ''
  const text = `${clock(model, row.from)}  ${duration(ms)}${exit}  ${row.target}   ${row.command.command}`
  context.font = MONO
  context.textBaseline = 'middle'
  if (right < 0 || left > width) {
    context.fillStyle = colours.quiet
    context.textAlign = right < 0 ? 'left' : 'right'
    context.fillText(
      right < 0 ? `← ${text}` : `${cut(text, width)} →`,
      right < 0 ? 6 : width - 6,
      y,
    )
    return
  }
  context.fillStyle = colours.ink
  if (width - right >= 320 || width - right >= left) {
    const name = row.target.indexOf(`/${model.date}/`)
    const cutAt = name === -1 ? 0 : name + model.date.length + 2
    const parts = [
      [`${clock(model, row.from)}  ${duration(ms)}${exit}  `, colours.quiet],
      // The folder of the night stands on every row: where there is little room, it does not.
      [width < NARROW ? '' : row.target.slice(0, cutAt), colours.quiet],
      [row.target.slice(cutAt), colours.ink],
      [`   ${row.command.command}`, colours.quiet],
    ] as const
    let x = Math.max(right, 0) + 7
    context.textAlign = 'left'
    for (const [part, colour] of parts) {
      context.fillStyle = colour
      context.fillText(part, x, y)
      x += context.measureText(part).width
      if (x > width) break
    }
  } else {
    context.textAlign = 'right'
    context.fillText(cut(text, left), left - (row.command.attempt > 1 ? 22 : 7), y)
  }
}

/** What fits, at seven pixels a letter. */
function cut(text: string, room: number): string {
  const letters = Math.floor((room - 20) / 7)
  return text.length > letters ? `${text.slice(0, Math.max(0, letters - 1))}…` : text
}

function roundedBar(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): void {
  context.beginPath()
  context.roundRect(x, y, width, height, Math.min(3, width / 2))
  context.fill()
}

function drawGrid(
  context: CanvasRenderingContext2D,
  { scale, height, colours, model, now }: Picture,
): void {
  context.lineWidth = 1
  for (const tick of scale.ticks()) {
    const x = Math.round(scale.toX(tick)) + 0.5
    line(context, { x, from: AXIS_HEIGHT, to: height, colour: colours.line })
  }
  for (const { from, number } of model.attempts) {
    if (number > 1)
      line(context, { x: scale.toX(from), from: AXIS_HEIGHT, to: height, colour: colours.wait })
  }
  if (!model.isOver)
    line(context, { x: scale.toX(now), from: AXIS_HEIGHT, to: height, colour: colours.run })
}

function line(
  context: CanvasRenderingContext2D,
  { x, from, to, colour }: { x: number; from: number; to: number; colour: string },
): void {
  context.strokeStyle = colour
  context.beginPath()
  context.moveTo(x, from)
  context.lineTo(x, to)
  context.stroke()
}

function drawAxis(
  context: CanvasRenderingContext2D,
  { scale, width, colours, model }: Picture,
): void {
  context.fillStyle = colours.card
  context.fillRect(0, 0, width, AXIS_HEIGHT)
  context.fillStyle = colours.line
  context.fillRect(0, AXIS_HEIGHT - 1, width, 1)
  context.fillStyle = colours.quiet
  context.font = FONT
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  for (const tick of scale.ticks()) {
    const x = scale.toX(tick)
    if (x > -40) context.fillText(clock(model, tick, scale.tickMs < 60_000), x + 4, AXIS_HEIGHT / 2)
  }
}

/** From the end of each of its bars to the beginning of the next. */
function drawCriticalPath(context: CanvasRenderingContext2D, picture: Picture): void {
  const { rows, model, scale, colours, now } = picture
  const places = new Map<number, number>()
  for (const [at, row] of rows.entries()) if (row.isCritical) places.set(row.command.target, at)
  context.strokeStyle = colours.accent
  context.lineWidth = 1.5
  context.globalAlpha = 0.6
  for (const [step, target] of model.criticalPath.entries()) {
    const next = model.criticalPath[step + 1]
    const at = places.get(target)
    const nextAt = next === undefined ? undefined : places.get(next)
    if (at === undefined || nextAt === undefined) continue
    const [a, b] = [rows[at], rows[nextAt]]
    if (a === undefined || b === undefined) continue
    const [x1, x2] = [scale.toX(a.to ?? now), scale.toX(b.from)]
    const [y1, y2] = [yOf(picture, at) + ROW_HEIGHT / 2, yOf(picture, nextAt) + ROW_HEIGHT / 2]
    context.beginPath()
    context.moveTo(x1, y1)
    context.lineTo((x1 + x2) / 2, y1)
    context.lineTo((x1 + x2) / 2, y2)
    context.lineTo(x2, y2)
    context.stroke()
  }
}
