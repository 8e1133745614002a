import { type Html, html } from '../../../core/html.ts'
import { formatBytes, formatDuration } from '../../../core/units.ts'
import type { PageRequest } from '../../page.ts'
import { address, logLink } from '../../show/links.ts'
import { count, counted } from '../../show/numbers.ts'
import { STATE_SIGNS } from '../../show/signs.ts'
import { className } from '../../show/state-bar.ts'
import { targetName } from '../../show/target-name.ts'
import { time } from '../../show/times.ts'
import type { LogModel, LogsModel } from './logs-model.ts'

/** More rows than this are shown when asked for. */
const ROWS_SHOWN = 1_000

export function renderLogs(model: LogsModel, { dashboard, query }: PageRequest): Html {
  const { date, logs } = model
  const all = query.get('all') === '1'
  const shown = all ? logs : logs.slice(0, ROWS_SHOWN)
  const more = logs.length - shown.length
  return html`<h1 class="visually-hidden">Logs of the night of ${date}</h1>
<form class="toolbar" role="search" id="night-search" data-date="${date}"><label class="visually-hidden" for="q">Search all logs of the night</label><input type="search" id="q" name="q" placeholder="Search all logs of the night" autocomplete="off" maxlength="200"> <button>Search</button> <button type="button" id="stop" hidden>Stop</button><span class="quiet" id="search-state" role="status"></span></form>
<section class="card" id="hits" hidden aria-label="Found"></section>
<div id="errors" data-live>${errors(model, dashboard.timeZone)}</div>
<section class="card"><h2>${counted(logs.length, 'log')} <span class="quiet">${formatBytes(model.bytes)}</span></h2>
${logs.length === 0 ? html`<p class="quiet">No command has written anything.</p>` : table(shown, date)}
${more > 0 && html`<p><a href="${address('/logs', { date, all: '1' })}">Show ${count(more)} more</a></p>`}
</section>`
}

function errors({ errors, date }: LogsModel, timeZone: string): Html | undefined {
  if (errors.length === 0) return undefined
  const rows = errors.map(
    one =>
      html`<tr><td>${time(Date.parse(one.at), timeZone)}</td><td class="number failed">${one.exitCode ?? 'killed'}</td><td class="number">${one.attempt === 0 ? 'by hand' : one.attempt}</td><td><a class="target" href="${logLink(date, one.target, one.commandId)}">${targetName(one.target, date)}</a><code class="command">${one.command}</code></td></tr>`,
  )
  return html`<section class="card"><h2>Errors</h2><div class="scroll" tabindex="0" role="region" aria-label="Errors"><table class="fixed-last"><thead><tr><th scope="col">At</th><th scope="col" class="number">Exit</th><th scope="col" class="number">Attempt</th><th scope="col">Target</th></tr></thead><tbody>${rows}</tbody></table></div><p><a href="${address('/logs/view', { date, log: 'trackingshell.log' })}">The tracking shell’s own list of them</a></p></section>`
}

function table(logs: readonly LogModel[], date: string): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Logs"><table><thead><tr><th scope="col">Log</th><th scope="col" class="number">Size</th><th scope="col" class="number">Lines</th><th scope="col" class="number only-wide">Attempts</th><th scope="col" class="number">Took</th><th scope="col" class="number only-wide">Receipt</th></tr></thead><tbody id="logs" data-live>${logs.map(one => row(one, date))}</tbody></table></div>`
}

function row(one: LogModel, date: string): Html {
  const { state, target, log } = one
  const sign = state === null ? '' : STATE_SIGNS[state]
  const link = address('/logs/view', target === null ? { date, log } : { date, target })
  return html`<tr><td><span class="sign ${className(state ?? '')}" title="${state}">${sign}</span> <a class="target" href="${link}">${targetName(target ?? log, date)}</a></td><td class="number">${formatBytes(one.size)}</td><td class="number">${one.lines === null ? '…' : count(one.lines)}</td><td class="number only-wide">${one.attempts === 0 ? '' : one.attempts}</td><td class="number">${one.ms === null ? '' : formatDuration(one.ms)}</td><td class="number only-wide${one.receipt?.isOdd === true && ' failed'}">${one.receipt?.said}</td></tr>
`
}
