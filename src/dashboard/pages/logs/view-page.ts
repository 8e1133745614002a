import { within } from '../../../core/within.ts'
import { FerryError } from '../../../core/errors.ts'
import { type Html, html } from '../../../core/html.ts'
import { formatBytes, formatDuration } from '../../../core/units.ts'
import { targetLogName } from '../../../formats/target-log-name.ts'
import { placeOfCommand } from '../../logs/command-place.ts'
import { type LineWindow, readWindow } from '../../logs/line-window.ts'
import type { CommandState, NightTarget } from '../../nights/night.ts'
import { definePage, type PageRequest } from '../../page.ts'
import { address, graphLink } from '../../show/links.ts'
import { shorten } from '../../show/shorten.ts'
import { targetName } from '../../show/target-name.ts'
import { time } from '../../show/times.ts'
import { renderLines } from './log-lines.ts'
import { indexOf, lineIn, logNameIn, numberIn, openNamed } from './log-request.ts'
import { logRoutes } from './log-routes.ts'

/** Of the first screen, and of each more. */
export const WINDOW_BYTES = 48 * 1024
/** What the first screen waits for lines to be counted; the browser asks for what is missing. */
const NUMBER_PATIENCE_MS = 80
const COMMAND_SHOWN = 500

interface ViewModel {
  readonly date: string
  readonly log: string
  readonly target: string | null
  readonly state: NightTarget['state'] | null
  readonly commands: readonly {
    readonly id: string
    readonly attempt: number
    readonly state: CommandState
    readonly exitCode: number | null
    readonly startedAt: string
    readonly ms: number | null
    readonly command: string
  }[]
  readonly window: LineWindow
  /** Of the first line of the window, when it is known. */
  readonly firstNumber: number | null
  /** The byte of the line that was asked for. */
  readonly at: number | null
  /** The number of the line that was asked for, while nobody knows yet where it is. */
  readonly line: number | null
}

/** One log: a window over a file of any size. */
export const logViewPage = definePage<ViewModel>({
  path: '/logs/view',
  title: 'Log',
  script: 'log',
  style: 'log',
  isWide: true,
  model: viewModel,
  render,
  routes: logRoutes,
})

async function viewModel(request: PageRequest): Promise<ViewModel> {
  const { dashboard, date, query } = request
  const log = logNameIn(query)
  const [night, file] = await Promise.all([dashboard.nights.night(date), openNamed(request)])
  await using opened = file
  const target = [...night.targets.values()].find(one => `${targetLogName(one.name)}.log` === log)
  const command = query.get('command')
  const index = indexOf(request)
  const line = lineIn(query)
  const at =
    numberIn(query, 'at') ??
    (line === undefined ? undefined : await within(index.placeOf(line), NUMBER_PATIENCE_MS)) ??
    (command === null ? undefined : await placeOfCommand(opened, command.slice(0, 100)))
  const isAtEnd =
    at === undefined &&
    line === undefined &&
    (target?.state === 'failed' || target?.state === 'running')
  const from = at === undefined ? (isAtEnd ? -WINDOW_BYTES : 0) : Math.max(0, at - 4_096)
  const window = await readWindow(opened, { from, maxBytes: WINDOW_BYTES })
  const firstNumber = await within(index.numberAt(window.from), NUMBER_PATIENCE_MS)
  return {
    date,
    log,
    target: target?.name ?? null,
    state: target?.state ?? null,
    commands: (target?.commands ?? []).slice(-200).map(one => ({
      id: one.id,
      attempt: one.attempt,
      state: one.state,
      exitCode: one.exitCode ?? null,
      startedAt: new Date(one.startedAt).toISOString(),
      ms: one.finishedAt === undefined ? null : one.finishedAt - one.startedAt,
      command: shorten(dashboard.mask(one.command), COMMAND_SHOWN),
    })),
    window: {
      ...window,
      lines: window.lines.map(line => ({ ...line, text: dashboard.mask(line.text) })),
    },
    firstNumber: firstNumber ?? null,
    at: at ?? null,
    line: at === undefined ? (line ?? null) : null,
  }
}

function render(model: ViewModel, { dashboard }: PageRequest): Html {
  const { window, date, log, target } = model
  if (window.from > window.size) throw new FerryError('USAGE', 'the log is shorter than that')
  const lines = renderLines(window, dashboard.mask, model.firstNumber ?? undefined)
  return html`<div class="log-head"><h1 class="target">${targetName(target ?? log, date)}</h1>
<p class="quiet">${model.state && html`<span class="sign ${model.state.replace(' ', '-')}">${model.state}</span> · `}<span id="size">${formatBytes(window.size)}</span> · <a href="${address('/logs', { date })}">all logs</a>${target && html` · <a href="${graphLink(date, target)}">in the graph</a>`} · <a href="${address('/logs/raw', { date, log })}">as text</a></p>
${commandList(model, dashboard.timeZone)}
<form class="toolbar" role="search" id="log-search"><label class="visually-hidden" for="q">Search this log</label><input type="search" id="q" name="q" placeholder="Search this log" autocomplete="off" maxlength="200"><button>Search</button><button type="button" id="errors" title="Next error (e)">Errors</button><button type="button" id="previous" title="Hit before (N)" aria-label="Hit before" hidden>↑</button><button type="button" id="next" title="Next hit (n)" aria-label="Next hit" hidden>↓</button><span class="quiet" id="search-state" role="status"></span>
<span class="push"></span><label class="check"><input type="checkbox" id="wrap" checked> wrap</label><label class="check"><input type="checkbox" id="follow"> follow</label><button type="button" id="to-start" title="To the start">Start</button><button type="button" id="to-end" title="To the end">End</button></form>
<label class="visually-hidden" for="place">Place in the log</label><input type="range" id="place" min="0" max="1000" value="0" class="place"${window.size < 256_000 && html` hidden`}></div>
<div class="log" id="log" tabindex="0" role="region" aria-label="Lines of the log" data-date="${date}" data-log="${log}" data-from="${window.from}" data-to="${window.to}" data-size="${window.size}" data-at="${model.at}" data-line="${model.line}" data-first="${model.firstNumber}" data-end="${model.at === null && window.from > 0 ? 'yes' : ''}" data-running="${model.state === 'running' ? 'yes' : ''}">
${lines}</div>`
}

function commandList({ commands, date, target }: ViewModel, timeZone: string): Html | undefined {
  if (commands.length === 0) return undefined
  const rows = commands.map(one => {
    const how = one.exitCode === null || one.exitCode === 0 ? one.state : `exit ${one.exitCode}`
    const link = address('/logs/view', { date, target: target ?? undefined, command: one.id })
    return html`<li><a href="${link}"><span class="sign ${one.state === 'killed' ? 'failed' : one.state}">${how}</span> ${time(Date.parse(one.startedAt), timeZone)}</a> <span class="quiet">${one.attempt === 0 ? 'by hand' : `attempt ${one.attempt}`}${one.ms === null ? '' : `, ${formatDuration(one.ms)}`}</span> <code class="command">${one.command}</code></li>`
  })
  return html`<details><summary>${commands.length} ${commands.length === 1 ? 'command' : 'commands'}</summary><ul class="plain-list">${rows}</ul></details>`
}
