import { type Html, html } from '../../../core/html.ts'
import { address, graphLink } from '../../show/links.ts'
import { count } from '../../show/numbers.ts'
import { shorten } from '../../show/shorten.ts'
import { type BarChart, type Chart, roleOf } from './chart-data.ts'
import type { KpiModel } from './kpi-model.ts'
import { staleNotice, trustLine } from './trust.ts'

export function renderKpi(model: KpiModel): Html {
  const { name, description, trust, date } = model
  const download = (format: string): string =>
    address('/kpis/download', { model: name, date, format })
  return html`<section class="hero">
<h1 class="target">${name}</h1>
${description !== null && html`<p>${description}</p>`}
${staleNotice(trust, date)}
${trustLine(trust)}
${trust.failedChecks.map(({ name: check, found }) => html`<p class="notice bad">${check}: ${found}</p>`)}
<p class="toolbar"><a class="button" href="${download('csv')}">CSV</a> <a class="button" href="${download('parquet')}">Parquet</a> <a class="button" href="${graphLink(date, `results/${trust.night}/models/${name}.json`)}">Graph</a></p>
</section>
${chart(model.chart)}
${table(model)}
${origin(model)}`
}

function chart(one: Chart | null): Html | undefined {
  if (one === null) return undefined
  if (one.kind === 'bars') return bars(one)
  return html`<section class="card"><h2>Over time</h2><div id="chart" class="chart" role="img" aria-label="Chart of ${one.series.map(({ name }) => name).join(', ')}; the numbers are in the table below"></div></section>`
}

/** The files have all of it. */
const CELL_SHOWN = 1_000
const BAR_HEIGHT = 22
const WIDTH = 600

function bars({ name, bars: all }: BarChart): Html | undefined {
  const most = Math.max(...all.map(({ value }) => Math.abs(value)), 0)
  if (most === 0) return undefined
  const rows = all.map(
    ({ label, value }) =>
      html`<tr><th scope="row">${label}</th><td class="bar"><svg viewBox="0 0 ${WIDTH} ${BAR_HEIGHT}" preserveAspectRatio="none" width="100%" height="${BAR_HEIGHT}" aria-hidden="true"><rect x="0" y="4" width="${((Math.abs(value) / most) * WIDTH).toFixed(1)}" height="${BAR_HEIGHT - 8}" rx="2"/></svg></td><td class="number">${count(value)}</td></tr>`,
  )
  return html`<section class="card"><h2>${name}</h2><table class="bars"><tbody>${rows}</tbody></table></section>`
}

function table({ columns, rows, allRows, name }: KpiModel): Html {
  if (columns.length === 0) {
    return html`<section class="card"><p class="quiet">The result is no CSV: it can be downloaded.</p></section>`
  }
  const roles = columns.map(({ type }) => roleOf(type))
  const head = columns.map(
    (column, at) =>
      html`<th scope="col" title="${column.type}" class="${roles[at] === 'number' ? 'number' : ''}">${column.name}</th>`,
  )
  const lines = rows.map(
    row =>
      html`<tr>${row.map((field, at) => html`<td class="${roles[at] === 'number' ? 'number' : ''}">${field === null ? html`<span class="quiet">NULL</span>` : shorten(field, CELL_SHOWN)}</td>`)}</tr>`,
  )
  const cut = allRows !== null && allRows > rows.length
  return html`<section class="card"><h2>Rows</h2><div class="scroll" tabindex="0" role="region" aria-label="Rows of ${name}"><table><thead><tr>${head}</tr></thead><tbody>${lines}</tbody></table></div>${cut && html`<p class="quiet">${count(rows.length)} of ${count(allRows)} rows.</p>`}</section>`
}

function origin({ sql, file, reads, readBy, withResults, date }: KpiModel): Html | undefined {
  if (sql === null) return undefined
  const linked = new Set(withResults)
  const names = (all: readonly string[]): Html[] =>
    all.map((name, at) => {
      const told = linked.has(name)
        ? html`<a class="target" href="${address('/kpis/view', { model: name, date })}">${name}</a>`
        : html`<span class="target">${name}</span>`
      return html`${at > 0 && ', '}${told}`
    })
  return html`<section class="card"><h2>Where it comes from</h2>${reads.length > 0 && html`<p>Reads ${names(reads)}.</p>`}${readBy.length > 0 && html`<p>Read by ${names(readBy)}.</p>`}<details><summary>SQL, <code>${file}</code></summary><pre class="sql" tabindex="0" role="region" aria-label="SQL">${sql}</pre></details></section>`
}
