import { type Html, html } from '../../../core/html.ts'
import type { PageRequest } from '../../page.ts'
import { graphLink, logLink } from '../../show/links.ts'
import { counted } from '../../show/numbers.ts'
import { targetName } from '../../show/target-name.ts'
import { time } from '../../show/times.ts'
import type { NightModel } from './night-model.ts'

type Failure = NightModel['failed'][number]

/** What failed, why, and what was not made because of it. */
export function renderFailures(model: NightModel, request: PageRequest): Html | undefined {
  if (model.failed.length === 0) return undefined
  const more =
    model.moreFailed > 0 ? html`<p class="quiet">and ${model.moreFailed} more</p>` : undefined
  return html`<section aria-labelledby="failed-title"><h2 id="failed-title" class="outside">Failed</h2>
${model.failed.map(one => failure(one, model, request))}${more}</section>`
}

function failure(one: Failure, { date, canRun }: NightModel, request: PageRequest): Html {
  const { timeZone } = request.dashboard
  const how = one.exitCode === null ? 'killed' : `exit ${one.exitCode}`
  const at = one.failedAt === null ? undefined : time(Date.parse(one.failedAt), timeZone)
  const tries = one.attempts.filter(attempt => attempt > 0)
  const tried = tries.length > 1 ? `${tries.length} attempts` : undefined
  return html`<article class="card failure">
<header><h3><span class="sign failed" aria-hidden="true">✗</span> <a class="target" href="${logLink(date, one.target, one.commandId)}">${targetName(one.target, date)}</a></h3>
<ul class="facts"><li>${how}</li>${one.isPermanent && html`<li title="not tried again until its command or inputs change">for good</li>`}${tried && html`<li>${tried}</li>`}${at && html`<li>${at}</li>`}${!one.isWanted && html`<li>beside the night</li>`}</ul>
${canRun && again(one.target, date, request)}</header>
${one.command && html`<pre class="command">${one.command}</pre>`}
${one.lastLines.length > 0 && html`<pre class="cause" tabindex="0" aria-label="Last lines of the log">${one.lastLines.join('\n')}</pre>`}
${notReached(one, date)}
</article>
`
}

function notReached(one: Failure, date: string): Html | undefined {
  const all = one.keptFrom.length + one.moreKeptFrom
  if (all === 0) return undefined
  const names = one.keptFrom.map(name => html`<li class="target">${targetName(name, date)}</li>`)
  const more = one.moreKeptFrom > 0 ? html`<li>and ${one.moreKeptFrom} more</li>` : undefined
  return html`<details${all <= 5 ? ' open' : ''}><summary>${counted(all, 'target')} not reached because of it</summary><ul class="names">${names}${more}</ul><p><a href="${graphLink(date, one.target)}">Show in the graph</a></p></details>`
}

function again(target: string, date: string, { reader }: PageRequest): Html {
  return html`<form method="post" action="/run"><input type="hidden" name="csrf" value="${reader.csrfToken}"><input type="hidden" name="date" value="${date}"><input type="hidden" name="target" value="${target}"><button>Run again</button></form>`
}
