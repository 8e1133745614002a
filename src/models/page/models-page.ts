import type { CheckResult } from '../../formats/model-receipt.ts'
import type { ReadingModel } from '../model.ts'
import { layOutGraph } from './graph-layout.ts'
import { Html, html } from '../../core/html.ts'
import type { LastState } from './last-states.ts'
import { SCRIPT, STYLE } from './page-assets.ts'

export interface PageContent {
  /** Of the project. */
  readonly title: string
  readonly models: readonly ReadingModel[]
  readonly states: ReadonlyMap<string, LastState>
}

/** The page of all models: one file, which asks nothing of any network. */
export function renderModelsPage({ title, models, states }: PageContent): string {
  const readers = readersOf(models)
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${title}: models</title>
<style>${new Html(STYLE)}</style>
<header>
<h1>${title}</h1>
<p>${models.length} models</p>
<input id="search" type="search" placeholder="search names, texts, columns, owners" aria-label="search">
</header>
<main>
<section class="graph">${graph(models, states)}</section>
${models.map(model => article(model, states.get(model.name), readers.get(model.name) ?? []))}
<p id="nothing" hidden>Nothing found.</p>
</main>
<script>${new Html(SCRIPT)}</script>
</html>
`
  return page.text
}

function readersOf(models: readonly ReadingModel[]): ReadonlyMap<string, string[]> {
  const readers = new Map<string, string[]>()
  for (const model of models) {
    for (const { name } of model.reads.refs) {
      readers.set(name, [...(readers.get(name) ?? []), model.name])
    }
  }
  return readers
}

function stateOf(state: LastState | undefined): 'failed' | 'warned' | 'published' | 'unknown' {
  if (isFailing(state)) return 'failed'
  if (state?.published === undefined) return 'unknown'
  return state.published.checks.every(check => check.passed) ? 'published' : 'warned'
}

/** The failure is the later of the two. */
function isFailing(state: LastState | undefined): boolean {
  if (state?.failed === undefined) return false
  return state.published === undefined || state.failed.finished_at > state.published.finished_at
}

function graph(models: readonly ReadingModel[], states: PageContent['states']): Html {
  const sources = models.flatMap(model => model.reads.sources.map(sourceName))
  const names = [...new Set([...models.map(model => model.name), ...sources])]
  const edges = models.flatMap(model => [
    ...model.reads.refs.map(ref => ({ from: ref.name, to: model.name })),
    ...model.reads.sources.map(source => ({ from: sourceName(source), to: model.name })),
  ])
  const { width, height, nodes, edges: lines } = layOutGraph(names, edges)
  const isSource = new Set(sources)
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="which model reads which">
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${lines.map(
  points => html`<path class="edge" marker-end="url(#tip)" d="M${points.map(point => `${round(point.x)} ${round(point.y)}`).join('L')}"/>
`,
)}${nodes.map(node => {
  const box = html`<rect x="${round(node.x - node.width / 2)}" y="${round(node.y - node.height / 2)}" width="${round(node.width)}" height="${node.height}" rx="4"/><text x="${round(node.x)}" y="${round(node.y + 4)}">${node.name}</text>`
  return isSource.has(node.name)
    ? html`<g class="node source">${box}</g>
`
    : html`<a class="node ${stateOf(states.get(node.name))}" href="#${node.name}">${box}</a>
`
})}</svg>`
}

const sourceName = ({ source, table }: { source: string; table: string }): string =>
  `${source}.${table}`

const round = (value: number): number => Math.round(value * 10) / 10

function article(
  model: ReadingModel,
  state: LastState | undefined,
  readers: readonly string[],
): Html {
  const { header, reads } = model
  const { published, failed } = state ?? {}
  const facts: [string, Html | string | undefined][] = [
    ['owner', header.owner],
    ['file', model.file],
    ['kind', header.materialize],
    [
      'warehouse',
      published === undefined ? model.warehouse : `${model.warehouse}: ${published.relation}`,
    ],
    ['key', header.key?.join(', ')],
    ['schedule', header.schedule],
    ['result', published?.result ?? header.result],
    ['reads', reads.refs.length === 0 ? undefined : links(reads.refs.map(ref => ref.name))],
    ['sources', reads.sources.map(sourceName).join(', ') || undefined],
    ['used by', readers.length === 0 ? undefined : links(readers)],
    [
      'last built',
      published &&
        `${published.date}, ${published.rows ?? 'uncounted'} rows, ${seconds(published)}`,
    ],
  ]
  return html`<article id="${model.name}" class="${stateOf(state)}">
<h2><a href="#${model.name}">${model.name}</a></h2>
${header.description && html`<p>${header.description}</p>`}
${isFailing(state) ? html`<p class="failure">failed on ${failed?.date}: ${failed?.error.message}</p>` : undefined}
<dl>${facts.flatMap(([name, fact]) => (fact === undefined ? [] : [html`<dt>${name}</dt><dd>${fact}</dd>`]))}</dl>
${checks(model, isFailing(state) ? (failed?.checks ?? []) : (published?.checks ?? []))}
${published && html`<details><summary>${published.columns.length} columns</summary><table>${published.columns.map(column => html`<tr><td>${column.name}</td><td>${column.type}</td></tr>`)}</table></details>`}
<details><summary>SQL</summary><pre>${model.text}</pre></details>
</article>
`
}

const links = (names: readonly string[]): Html =>
  html`${names.map((name, index) => html`${index === 0 ? '' : ', '}<a href="#${name}">${name}</a>`)}`

const seconds = ({
  started_at,
  finished_at,
}: {
  started_at: string
  finished_at: string
}): string => `${((Date.parse(finished_at) - Date.parse(started_at)) / 1_000).toFixed(1)} s`

function checks(model: ReadingModel, results: readonly CheckResult[]): Html | undefined {
  if (model.header.checks.length === 0) return undefined
  const rows = model.header.checks.map(check => {
    const result = results.find(one => one.name === check.name)
    const mark = result === undefined ? 'not yet' : result.passed ? 'passed' : 'failed'
    const mood = result?.passed === false && check.severity === 'warn' ? 'warned' : mark
    return html`<tr class="${mood}"><td>${check.name}</td><td>${check.severity}</td><td>${mark}</td><td>${result?.found}</td></tr>`
  })
  return html`<table class="checks">${rows}</table>`
}
