import { type Html, html } from '../../../core/html.ts'
import { formatDuration } from '../../../core/units.ts'
import { isOpen } from '../../nights/night-store.ts'
import type { PageRequest } from '../../page.ts'
import { logLink } from '../../show/links.ts'
import { findingList } from '../../show/finding-list.ts'
import { count, counted } from '../../show/numbers.ts'
import { stateBar } from '../../show/state-bar.ts'
import { targetName } from '../../show/target-name.ts'
import { clockTime, time } from '../../show/times.ts'
import type { NightModel } from './night-model.ts'
import { renderFailures } from './render-failures.ts'

export function renderNight(model: NightModel, request: PageRequest): Html {
  const { timeZone } = request.dashboard
  return html`<section id="night" class="hero ${model.state}" data-live>
<h1>${model.sentence}</h1>
<p class="quiet">${when(model, timeZone)}</p>
${stateBar(model)}
</section>
<div id="failures" data-live>${renderFailures(model, request)}</div>
<div class="columns">
<div id="data" data-live>${dataSummary(model)}</div>
<div id="running" data-live>${running(model, timeZone)}</div>
<div id="slow" data-live>${slow(model)}</div>
<div id="attempts" data-live>${attempts(model, timeZone)}</div>
<div id="late" data-live>${late(model)}</div>
</div>
`
}

function when(model: NightModel, timeZone: string): Html | string {
  if (model.startedAt === null) return 'No command is on record.'
  const begun = time(Date.parse(model.startedAt), timeZone)
  const commands = counted(model.commands, 'command')
  if (model.finishedAt === null) return html`Since ${begun}, ${commands} so far, under way.`
  const ended = time(Date.parse(model.finishedAt), timeZone)
  const zone = timeZone === 'UTC' ? ' UTC' : ''
  return html`From ${begun} to ${ended}${zone}, ${commands}${model.state === 'stopped' ? ', stopped before its end' : ''}.`
}

function running({ running, date }: NightModel, timeZone: string): Html | undefined {
  if (running.length === 0) return undefined
  const rows = running.map(
    one =>
      html`<li><span class="sign running" aria-hidden="true">▶</span> <a href="${logLink(date, one.target)}" class="target">${targetName(one.target, date)}</a> <span class="quiet">since ${clockTime(Date.parse(one.startedAt), timeZone)}${one.usualMs === null ? '' : `, usually ${formatDuration(one.usualMs)}`}</span><code class="command">${one.command}</code></li>`,
  )
  return html`<section class="card"><h2>Running now</h2><ul class="plain-list">${rows}</ul></section>`
}

function slow({ slow, date }: NightModel): Html | undefined {
  if (slow.length === 0) return undefined
  const rows = slow.map(
    one =>
      html`<tr><td><a href="${logLink(date, one.target)}" class="target">${targetName(one.target, date)}</a></td><td class="number">${formatDuration(one.ms)}${one.isRunning ? ' so far' : ''}</td><td class="number quiet">${formatDuration(one.usualMs)}</td><td class="number">×${(one.ms / Math.max(one.usualMs, 1)).toFixed(1)}</td></tr>`,
  )
  return html`<section class="card"><h2>Slower than usual</h2><div class="scroll" tabindex="0" role="region" aria-label="Slower than usual"><table><thead><tr><th scope="col">Target</th><th scope="col" class="number">Took</th><th scope="col" class="number">Usually</th><th scope="col" class="number">Times</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

function attempts({ attempts }: NightModel, timeZone: string): Html | undefined {
  if (attempts.length === 0) return undefined
  const rows = attempts.map(one => {
    const begun = Date.parse(one.startedAt)
    const took = one.endedAt === null ? undefined : Date.parse(one.endedAt) - begun
    return html`<tr><td>${one.number}</td><td class="${one.outcome ?? 'running'}">${one.outcome ?? 'under way'}</td><td class="number">${time(begun, timeZone)}</td><td class="number">${took === undefined ? '' : formatDuration(took)}</td><td class="number only-wide">${one.commands}</td><td class="number">${one.failed}</td></tr>`
  })
  return html`<section class="card"><h2>Attempts</h2><div class="scroll" tabindex="0" role="region" aria-label="Attempts"><table><thead><tr><th scope="col">No.</th><th scope="col">Outcome</th><th scope="col" class="number">From</th><th scope="col" class="number">Took</th><th scope="col" class="number only-wide">Commands</th><th scope="col" class="number">Failed</th></tr></thead><tbody>${rows}</tbody></table></div></section>`
}

function late({ freshness, date }: NightModel): Html | undefined {
  if (freshness === null || freshness.late.length === 0) return undefined
  const rows = freshness.late.map(
    ({ source, newest }) =>
      html`<li>${source} <span class="quiet">${newest === null ? 'no day known' : `up to ${newest}`}</span></li>`,
  )
  return html`<section class="card"><h2>Behind ${date}</h2><ul class="plain-list">${rows}</ul><p><a href="/quality?date=${date}">Data quality</a></p></section>`
}

/** Whether the numbers can be trusted. */
function dataSummary({ data, date, state }: NightModel): Html {
  const link = html`<p><a href="/quality?date=${date}">Data quality</a> · <a href="/kpis?date=${date}">KPIs</a></p>`
  if (data === null) {
    const why = isOpen(state) ? 'Not checked yet.' : 'It cannot be told.'
    return html`<section class="card"><h2>Data</h2><p class="quiet">${why}</p>${link}</section>`
  }
  const { errors, warnings, findings } = data
  if (findings.length === 0) {
    return html`<section class="card"><h2>Data</h2><p><span class="sign done" aria-hidden="true">✓</span> ${data.isChecked ? 'Checked, and in order.' : html`In order, as far as it came; <code>ferry check</code> was not reached.`}</p>${link}</section>`
  }
  const more = errors + warnings - findings.length
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ]
  return html`<section class="card"><h2>Data: ${parts.join(', ')}</h2>${findingList(findings)}${more > 0 && html`<p class="quiet">and ${count(more)} more</p>`}${link}</section>`
}
