import { type Html, html } from '../../../core/html.ts'
import type { ModelChecks, QualityTable } from '../../../formats/quality.ts'
import type { PageRequest } from '../../page.ts'
import { findingList } from '../../show/finding-list.ts'
import { count, counted } from '../../show/numbers.ts'
import { shortDay, time } from '../../show/times.ts'
import type { QualityModel } from './quality-model.ts'
import { card } from './card.ts'
import { renderSeries } from './render-series.ts'
import { renderSteps } from './render-steps.ts'

export function renderQuality(model: QualityModel, { dashboard }: PageRequest): Html {
  return html`<section id="findings" class="hero" data-live>
<h1>${headline(model)}</h1>
${model.findings.length > 0 && findingList(model.findings)}
${model.steps.length === 0 && uncounted}
${jumps(model)}
</section>
<div id="series" data-live>${renderSeries(model)}</div>
<div id="tables" data-live>${tables(model, dashboard.timeZone)}</div>
<div id="checks" data-live>${checks(model)}</div>
<div id="events" data-live>${events(model.events)}</div>
<div id="steps" data-live>${renderSteps(model.steps)}</div>`
}

/** The page is long: what is on it. */
function jumps({ series, tables, checks, steps, events }: QualityModel): Html | undefined {
  const parts = [
    ['series', 'Rows by source and night', series],
    ['tables', 'Tables in the warehouse', tables],
    ['checks', 'Checks of models', checks],
    ['events', 'Events of clients', events],
    ['steps', 'In = out + filtered + rejected', steps],
  ] as const
  const present = parts.filter(([, , rows]) => rows.length > 0)
  if (present.length < 2) return undefined
  return html`<ul class="jumps">${present.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul>`
}

const uncounted = html`<p class="quiet">Rows are counted by <code>ferry mirror</code>, <code>pull</code>, <code>crunch</code>, <code>load</code>, <code>compare</code> and <code>events verify</code>: none of them has ended this night.</p>`

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

function tables({ tables: rows, date }: QualityModel, timeZone: string): Html | undefined {
  if (rows.length === 0) return undefined
  const lines = rows.map(
    ({ name, rows: inTable, newest, updated, compared }) =>
      html`<tr><th scope="row" class="target">${name}</th><td class="number">${inTable === null ? '' : count(inTable)}</td>${lastUpdate(updated, date, timeZone)}<td class="number">${newest?.slice(0, 16).replace('T', ' ')}</td>${comparison(compared)}</tr>`,
  )
  return card(
    'Tables in the warehouse',
    html`<table><thead><tr><th scope="col">Table</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Last update</th><th scope="col" class="number">Newest row (UTC)</th><th scope="col" class="number">Compared</th><th scope="col">With the source</th></tr></thead><tbody>${lines}</tbody></table>`,
  )
}

/** A table that was not updated this night is out of the ordinary. */
function lastUpdate(updated: string | null, date: string, timeZone: string): Html {
  if (updated === null) return html`<td class="number quiet">not known</td>`
  if (updated.includes('T'))
    return html`<td class="number">${time(Date.parse(updated), timeZone)}</td>`
  if (updated === date) return html`<td class="number">this night</td>`
  return html`<td class="number unusual"><span class="sign failed" aria-hidden="true">!</span>${updated}</td>`
}

function comparison(compared: QualityTable['compared']): Html {
  if (compared === null) {
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

function checksCell({ nights }: ModelChecks, night: string): Html {
  const found = nights[night]
  if (found === undefined)
    return html`<td class="number quiet"><span class="visually-hidden">none</span></td>`
  const { failed, all, isFailed } = found
  if (failed === 0 && isFailed) {
    return html`<td class="number unusual"><span class="sign failed" aria-hidden="true">✗</span> failed</td>`
  }
  if (failed === 0)
    return html`<td class="number"><span class="sign done" aria-hidden="true">✓</span> ${all}</td>`
  return html`<td class="number unusual"><span class="sign failed" aria-hidden="true">✗</span> ${failed} of ${all}</td>`
}

function events(rows: QualityModel['events']): Html | undefined {
  if (rows.length === 0) return undefined
  const lines = rows.map(
    ({ name, events: { gaps, duplicates, late, sessions, brokenSessions } }) =>
      html`<tr><th scope="row" class="target">${name}</th><td class="number${gaps > 0 ? ' unusual' : ''}">${count(gaps)}</td><td class="number">${count(duplicates)}</td><td class="number">${count(late)}</td><td class="number">${wholeSessions(sessions, brokenSessions)}</td></tr>`,
  )
  return card(
    'Events of clients',
    html`<table><thead><tr><th scope="col">Source</th><th scope="col" class="number">Never came</th><th scope="col" class="number">Came twice</th><th scope="col" class="number">Came late</th><th scope="col" class="number">Whole sessions</th></tr></thead><tbody>${lines}</tbody></table>`,
  )
}

function wholeSessions(sessions: number | undefined, broken: number | undefined): string {
  if (sessions === undefined || broken === undefined) return ''
  return `${count(sessions - broken)} of ${count(sessions)}`
}
