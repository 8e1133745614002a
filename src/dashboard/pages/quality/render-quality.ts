import { type Html, html } from '../../../core/html.ts'
import type { Finding } from '../../../formats/quality.ts'
import { count, counted } from '../../show/numbers.ts'
import { shortDay } from '../../show/times.ts'
import type { ChecksRow, EventsRow, QualityModel, StepRow, TableRow } from './quality-model.ts'
import { renderSeries } from './render-series.ts'

export function renderQuality(model: QualityModel): Html {
  return html`<section id="findings" class="hero" data-live>
<h1>${headline(model)}</h1>
${findings(model.findings)}
</section>
<div id="series" data-live>${renderSeries(model)}</div>
<div id="tables" data-live>${tables(model.tables)}</div>
<div id="checks" data-live>${checks(model)}</div>
<div class="columns">
<div id="steps" data-live>${steps(model.steps)}</div>
<div id="events" data-live>${events(model.events)}</div>
</div>`
}

function headline({ date, findings, series, tables, checks }: QualityModel): string {
  if (series.length === 0 && tables.length === 0 && checks.length === 0) {
    return `Nothing was counted on ${date}`
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.length - errors
  if (findings.length === 0) return `The data of ${date} is in order`
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ]
  return `The data of ${date}: ${parts.join(', ')}`
}

function findings(all: readonly Finding[]): Html | undefined {
  if (all.length === 0) return undefined
  const items = all.map(
    ({ severity, about, found }) =>
      html`<li class="${severity}"><span class="sign" aria-hidden="true">${severity === 'error' ? '✗' : '!'}</span> <span class="target">${about}</span> <span>${found}</span><span class="visually-hidden"> (${severity})</span></li>`,
  )
  return html`<ul class="plain-list findings">${items}</ul>`
}

function tables(rows: readonly TableRow[]): Html | undefined {
  if (rows.length === 0) return undefined
  const lines = rows.map(
    ({ name, rows: inTable, newest, compared }) =>
      html`<tr><th scope="row" class="target">${name}</th><td class="number">${inTable === null ? '' : count(inTable)}</td><td class="number">${newest?.slice(0, 16).replace('T', ' ')}</td>${comparison(compared)}</tr>`,
  )
  return card(
    'Tables in the warehouse',
    html`<table><thead><tr><th scope="col">Table</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Newest row</th><th scope="col" class="number">Compared</th><th scope="col">With the source</th></tr></thead><tbody>${lines}</tbody></table>`,
  )
}

function comparison(compared: TableRow['compared']): Html {
  if (compared === null || compared === undefined) {
    return html`<td></td><td class="quiet">not compared</td>`
  }
  const { missing, surplus, different, repaired, share } = compared
  const differences = missing + surplus + different
  const share100 = html`<td class="number">${Math.round(share * 1000) / 10} %</td>`
  if (differences === 0) {
    return html`${share100}<td><span class="sign done" aria-hidden="true">✓</span> equal</td>`
  }
  const what = `${count(missing)} missing, ${count(surplus)} too many, ${count(different)} different`
  const isMended = repaired >= differences
  return html`${share100}<td><span class="sign ${isMended ? 'waiting' : 'failed'}" aria-hidden="true">${isMended ? '!' : '✗'}</span> ${what}${isMended ? ', repaired' : ''}</td>`
}

function checks({ checks: rows, nights }: QualityModel): Html | undefined {
  if (rows.length === 0) return undefined
  const lines = rows.map(
    row =>
      html`<tr><th scope="row" class="target">${row.model}</th>${nights.map(night => checksCell(row, night))}</tr>`,
  )
  return card(
    'Checks of models',
    html`<table class="by-night"><thead><tr><th scope="col">Model</th>${nights.map(night => html`<th scope="col" class="number">${shortDay(night)}</th>`)}</tr></thead><tbody>${lines}</tbody></table>`,
  )
}

function checksCell({ nights }: ChecksRow, night: string): Html {
  const found = nights[night]
  if (found === undefined)
    return html`<td class="number quiet"><span class="visually-hidden">none</span></td>`
  const { failed, all } = found
  if (failed === 0)
    return html`<td class="number"><span class="sign done" aria-hidden="true">✓</span> ${all}</td>`
  return html`<td class="number unusual"><span class="sign failed" aria-hidden="true">✗</span> ${failed} of ${all}</td>`
}

function steps(rows: readonly StepRow[]): Html | undefined {
  if (rows.length === 0) return undefined
  const lines = rows.map(
    ({ step, name, rows: { in: taken, out, filtered, rejected } }) =>
      html`<tr><td>${step}</td><th scope="row" class="target">${name}</th><td class="number">${count(taken)}</td><td class="number">${count(out)}</td><td class="number">${count(filtered)}</td><td class="number${rejected > 0 ? ' unusual' : ''}">${count(rejected)}</td></tr>`,
  )
  return card(
    'In = out + filtered + rejected',
    html`<table><thead><tr><th scope="col">Step</th><th scope="col">Name</th><th scope="col" class="number">In</th><th scope="col" class="number">Out</th><th scope="col" class="number">Filtered</th><th scope="col" class="number">Rejected</th></tr></thead><tbody>${lines}</tbody></table>`,
  )
}

function events(rows: readonly EventsRow[]): Html | undefined {
  if (rows.length === 0) return undefined
  const lines = rows.map(
    ({ name, events: { gaps, duplicates, late } }) =>
      html`<tr><th scope="row" class="target">${name}</th><td class="number${gaps > 0 ? ' unusual' : ''}">${count(gaps)}</td><td class="number">${count(duplicates)}</td><td class="number">${count(late)}</td></tr>`,
  )
  return card(
    'Events of clients',
    html`<table><thead><tr><th scope="col">Source</th><th scope="col" class="number">Never came</th><th scope="col" class="number">Came twice</th><th scope="col" class="number">Came late</th></tr></thead><tbody>${lines}</tbody></table>`,
  )
}

/** A table that scrolls by itself, also by keyboard. */
export function card(title: string, table: Html): Html {
  return html`<section class="card"><h2>${title}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}">${table}</div></section>`
}
