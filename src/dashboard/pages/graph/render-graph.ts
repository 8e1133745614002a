import { type Html, html } from '../../../core/html.ts'
import { formatDuration } from '../../../core/units.ts'
import { layOut } from '../../graph/lay-out.ts'
import type { Layout } from '../../graph/layout.ts'
import { undated } from '../../nights/summarize-night.ts'
import type { PageRequest } from '../../page.ts'
import { address, logLink } from '../../show/links.ts'
import { count, counted } from '../../show/numbers.ts'
import { STATE_SIGNS } from '../../show/signs.ts'
import { className } from '../../show/state-bar.ts'
import type { GraphModel, GraphNodeModel } from './graph-model.ts'

const LETTER_WIDTH = 6.9
const LONGEST_LABEL = 34
const NODE_HEIGHT = 26

export function renderGraph(model: GraphModel, _request: PageRequest): Html {
  const { date, focus, targets } = model
  const title = focus === null ? counted(targets, 'target') : focus
  return html`<div class="graph-head"><h1${focus !== null && html` class="target"`}>${title}</h1>
${focus === null ? summary(model) : focused(model, focus)}
<div class="toolbar"><label class="visually-hidden" for="find">Find</label><input type="search" id="find" placeholder="Find a target" autocomplete="off" list="names"><datalist id="names">${model.nodes.slice(0, 2_000).map(one => html`<option value="${one.name}"></option>`)}</datalist>
${focus === null && view(model)}
<span class="push"></span><button type="button" id="zoom-out" aria-label="Zoom out">−</button><button type="button" id="zoom-in" aria-label="Zoom in">+</button><button type="button" id="zoom-fit">Fit</button></div></div>
${model.isKnown || model.nodes.length > 0 ? drawing(model) : html`<p class="notice">Nothing of the night of ${date} is on record.</p>`}`
}

function summary({ isKnown, date }: GraphModel): Html {
  return isKnown
    ? html`<p class="quiet">From left to right: what is needed, and what needs it. A target shows all that it needs and all that needs it; a group (×) its members.</p>`
    : html`<p class="notice">What needs what is not on record for this night: <code>.ferry/nights/${date}/graph.json</code> is missing or broken. <code>ferry run</code> asks make before each attempt and writes it; a make by hand leaves none. <code>ferry run --once --date ${date}</code> writes it, and makes what is out of date.</p>`
}

function focused({ date, nodes, focus }: GraphModel, name: string): Html {
  const own = nodes.find(one => one.name === focus)
  const others = nodes.reduce((sum, one) => sum + one.size, 0) - 1
  return html`<p class="quiet">${own && html`<span class="sign ${className(own.state)}">${own.state}</span>${own.ms === null ? '' : `, ${formatDuration(own.ms)}`} · `}with ${counted(others, 'target')} that it needs or that need it · <a href="${logLink(date, name)}">its log</a> · <a href="${address('/graph', { date })}">the whole graph</a></p>`
}

function view({ date, all, open }: GraphModel): Html {
  if (all)
    return html`<a class="button" href="${address('/graph', { date })}">Group what is alike</a>`
  return html`<a class="button" href="${address('/graph', { date, all: '1' })}">Every target</a>${open.length > 0 && html`<a class="button" href="${address('/graph', { date })}">Close groups</a>`}`
}

function drawing(model: GraphModel): Html {
  const labels = new Map(model.nodes.map(one => [one.name, labelOf(one, model.date)]))
  const boxes = model.nodes.map(({ name }) => ({
    name,
    width: Math.round((labels.get(name) ?? '').length * LETTER_WIDTH + 34),
    height: NODE_HEIGHT,
  }))
  const layout = layOut(boxes, model.edges)
  const nodes = new Map(model.nodes.map(one => [one.name, one]))
  const { width, height } = layout
  return html`<div class="graph" id="graph" tabindex="0" role="region" aria-label="Graph of targets"><svg id="drawing" data-live viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-label="Targets and what they need" role="group">
<g class="edges" aria-hidden="true">${lines(layout)}</g>
${layout.boxes.map(box => {
  const node = nodes.get(box.name)
  return node && drawNode(node, { box, label: labels.get(box.name) ?? '', model })
})}</svg></div>`
}

function lines({ lines }: Layout): Html[] {
  return lines.map(points => html`<path d="${pathOf(points)}"/>`)
}

/** A smooth line through points that go from left to right. */
function pathOf(points: Layout['lines'][number]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let text = `M${round(first.x)} ${round(first.y)}`
  let before = first
  for (const point of rest) {
    const middle = round((before.x + point.x) / 2)
    text += `C${middle} ${round(before.y)} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`
    before = point
  }
  return text
}

const round = (value: number): number => Math.round(value * 10) / 10

function drawNode(
  node: GraphNodeModel,
  { box, label, model }: { box: Layout['boxes'][number]; label: string; model: GraphModel },
): Html {
  const { date, focus } = model
  const link = node.isGroup
    ? openLink(model, node.name)
    : node.name === focus
      ? logLink(date, node.name)
      : address('/graph', { date, focus: node.name })
  const told = node.isGroup
    ? `${node.name}: ${counted(node.size, 'target')}${Object.entries(node.counts)
        .flatMap(([state, number]) => (number > 0 ? [`, ${number} ${state}`] : []))
        .join('')}`
    : `${node.name}: ${node.state}${node.ms === null ? '' : `, ${formatDuration(node.ms)}`}`
  const [x, y] = [round(box.x), round(box.y)]
  return html`<a class="node ${className(node.state)}${node.isGroup ? ' group' : ''}${node.name === focus ? ' focus' : ''}" href="${link}" aria-label="${label}, ${told}"><title>${told}</title><rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="5"/><rect class="mark" x="${x}" y="${y}" width="5" height="${box.height}" rx="2"/><text aria-hidden="true" class="sign" x="${round(x + 11)}" y="${round(y + 17.5)}">${STATE_SIGNS[node.state]}</text><text aria-hidden="true" x="${round(x + 26)}" y="${round(y + 17.5)}">${label}</text></a>
`
}

function openLink({ date, open }: GraphModel, name: string): string {
  const query = new URLSearchParams({ date })
  for (const one of [...open, name]) query.append('open', one)
  return `/graph?${query.toString()}`
}

/** The end of a name tells more than its beginning. */
function labelOf({ name, isGroup, size, counts }: GraphNodeModel, date: string): string {
  const plain = undated(name, date)
    .replace(/^(?:intermediate|results|lake)\/(?:DATE\/)?/, '')
    .replaceAll('/DATE/', '/')
  const short = plain.length > LONGEST_LABEL ? `…${plain.slice(1 - LONGEST_LABEL)}` : plain
  if (!isGroup) return short
  return `${short} ×${count(size)}${counts.failed > 0 ? `, ${counts.failed} failed` : ''}`
}
