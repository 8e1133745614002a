import { type Html, html } from '../../../core/html.ts'
import { address } from '../../show/links.ts'
import { count, counted } from '../../show/numbers.ts'
import { shorten } from '../../show/shorten.ts'
import { sparkline } from '../../show/sparkline.ts'
import type { KpiCard, KpisModel } from './kpis-model.ts'
import type { Preview } from './preview.ts'
import { staleNotice, trustLine } from './trust.ts'

const REASON_SHOWN = 160
const SPARK = { width: 120, height: 34 } as const

export function renderKpis({ date, kpis }: KpisModel): Html {
  if (kpis.length === 0) {
    return html`<section class="hero"><h1>No results up to ${date}</h1><p class="quiet">Models leave one with <code>result: csv</code> in their header.</p></section>`
  }
  const late = kpis.filter(({ trust }) => !trust.isTonight).length
  const failing = kpis.filter(({ trust }) => trust.failedChecks.length > 0).length
  const notes = [
    ...(late > 0 ? [`${count(late)} from an earlier night`] : []),
    ...(failing > 0 ? [`${count(failing)} with failed checks`] : []),
  ]
  // What needs a look comes first.
  const order = kpis.toSorted((a, b) => rank(a) - rank(b))
  return html`<section class="hero"><h1>${counted(kpis.length, 'result')} on ${date}${notes.length > 0 && `: ${notes.join(', ')}`}</h1></section><ul class="kpis" id="kpis" data-live>${order.map(one => card(one, date))}</ul>`
}

const rank = ({ trust }: KpiCard): number =>
  trust.isTonight ? (trust.failedChecks.length > 0 ? 1 : 2) : 0

function card({ name, description, rows, preview, trust }: KpiCard, date: string): Html {
  return html`<li class="card kpi${!trust.isTonight && ' stale'}"><h2><a href="${address('/kpis/view', { model: name, date })}" class="target">${name}</a> ${rows !== null && html`<span class="quiet">${counted(rows, 'row')}</span>`}</h2>
${description !== null && html`<p class="about">${description}</p>`}${preview !== null && glance(preview)}${staleNotice({ ...trust, failure: firstLine(trust.failure) }, date)}${trustLine(trust)}</li>`
}

/** The page of the result has all of it. */
function firstLine(failure: string | null): string | null {
  return failure === null ? null : shorten(failure.split('\n')[0] ?? '', REASON_SHOWN)
}

function glance({ numbers, day, trend }: Preview): Html {
  const items = numbers.map(
    ({ name, value }) => html`<div><dt>${name}</dt><dd>${count(value)}</dd></div>`,
  )
  return html`<div class="glance"><dl>${items}</dl>${trend !== null && html`<div class="shape">${sparkline(trend, SPARK)}${day !== null && html`<span class="quiet">${day}</span>`}</div>`}</div>`
}
