import { type Html, html } from '../../../core/html.ts'
import type { CountSeries } from '../../../formats/quality.ts'
import { count } from '../../show/numbers.ts'
import { sparkline } from '../../show/sparkline.ts'
import { shortDay } from '../../show/times.ts'
import type { QualityModel } from './quality-model.ts'
import { STEP_TITLES } from './step-titles.ts'

/** Rows by source, night by night: sources down, nights across, what is out of the ordinary marked. */
export function renderSeries({ series, nights }: QualityModel): Html | undefined {
  if (series.length === 0) return undefined
  const steps = [...new Set(series.map(({ step }) => step))]
  const head = nights.map(night => html`<th scope="col" class="number">${shortDay(night)}</th>`)
  const bodies = steps.map(step => {
    const lines = series.filter(one => one.step === step).map(one => line(one, nights))
    return html`<tbody><tr><th scope="colgroup" colspan="${nights.length + 2}" class="step">${STEP_TITLES[step] ?? step}</th></tr>${lines}</tbody>`
  })
  return html`<section class="card"><h2>Rows by source and night</h2><div class="scroll" tabindex="0" role="region" aria-label="Rows by source and night"><table class="by-night"><thead><tr><th scope="col">Source</th><th scope="col" class="trend"><span class="visually-hidden">Twelve weeks</span></th>${head}</tr></thead>${bodies}</table></div></section>`
}

function line({ name, nights: known, expected }: CountSeries, nights: readonly string[]): Html {
  const byDate = new Map(known.map(night => [night.date, night]))
  const cells = nights.map((date, at) => {
    const night = byDate.get(date)
    if (night === undefined) {
      return html`<td class="number quiet">–<span class="visually-hidden"> nothing</span></td>`
    }
    const range = expected === undefined ? '' : `${count(expected.low)} to ${count(expected.high)}`
    const title = at === 0 && range !== '' ? `${range} rows are in order` : undefined
    return html`<td class="number${night.isUnusual === true ? ' unusual' : ''}" title="${title}">${night.isUnusual === true && html`<span class="sign failed" aria-hidden="true">!</span><span class="visually-hidden">unusual: </span>`}+${count(night.rows)}</td>`
  })
  return html`<tr><th scope="row" class="target" title="${name}">${name}</th><td class="trend">${sparkline(
    known.map(({ rows }) => rows),
    { width: 90, height: 18 },
  )}</td>${cells}</tr>`
}
