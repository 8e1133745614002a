import { type Html, html } from '../../../core/html.ts'
import type { LogicalDate } from '../../../core/logical-date.ts'
import { definePage, type PageRequest } from '../../page.ts'
import { address } from '../../show/links.ts'
import { count } from '../../show/numbers.ts'
import { latestResults } from './latest-results.ts'
import { staleNotice, type Trust, trustLine, trustOf } from './trust.ts'

interface KpisModel {
  readonly date: LogicalDate
  readonly kpis: readonly {
    readonly name: string
    readonly description: string | null
    readonly rows: number | null
    readonly trust: Trust
  }[]
}

/** Every model that leaves a result, with what is to be known of its numbers. */
export const kpisPage = definePage<KpisModel>({
  path: '/kpis',
  title: 'KPIs',
  key: 'k',
  style: 'kpis',
  async model({ dashboard, date }: PageRequest) {
    const results = await latestResults(dashboard, date)
    const sources = new Map((await dashboard.models()).map(model => [model.name, model]))
    const kpis = [...results].map(([name, latest]) => ({
      name,
      description: latest.receipt.description,
      rows: latest.receipt.rows,
      trust: trustOf(latest, sources.get(name)),
    }))
    return { date, kpis }
  },
  render({ date, kpis }): Html {
    if (kpis.length === 0) {
      return html`<section class="hero"><h1>No results up to ${date}</h1><p class="quiet">Models leave one with <code>result: csv</code> in their header.</p></section>`
    }
    const late = kpis.filter(({ trust }) => !trust.isTonight).length
    const items = kpis.map(
      ({ name, description, rows, trust }) =>
        html`<li class="card kpi"><h2><a href="${address('/kpis/view', { model: name, date })}" class="target">${name}</a> ${rows !== null && html`<span class="quiet">${count(rows)} rows</span>`}</h2>${description !== null && html`<p>${description}</p>`}${staleNotice(trust, date)}${trustLine(trust)}</li>`,
    )
    return html`<section class="hero"><h1>${count(kpis.length)} results on ${date}${late > 0 && `, ${count(late)} of them from an earlier night`}</h1></section><ul class="kpis" id="kpis" data-live>${items}</ul>`
  },
})
