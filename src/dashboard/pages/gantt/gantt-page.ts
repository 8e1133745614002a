import { type Html, html } from '../../../core/html.ts'
import { formatDuration } from '../../../core/units.ts'
import { criticalPath } from '../../nights/critical-path.ts'
import { undated } from '../../nights/summarize-night.ts'
import { definePage, type PageRequest } from '../../page.ts'
import { logLink } from '../../show/links.ts'
import { counted } from '../../show/numbers.ts'
import { shorten } from '../../show/shorten.ts'
import { targetName } from '../../show/target-name.ts'
import { clockTime } from '../../show/times.ts'
import type { GanttModel } from './gantt-model.ts'

const COMMAND_SHOWN = 300
/** For those who see no drawing. */
const LONGEST_LISTED = 50

/** Every command of a night on its time axis. */
export const ganttPage = definePage<GanttModel>({
  path: '/gantt',
  title: 'Gantt',
  key: 'c',
  script: 'gantt',
  style: 'gantt',
  isWide: true,
  asksForJson: true,
  version: ganttVersion,
  kept: async ({ dashboard: { nights, index }, date }) =>
    `${await nights.version(date)} ${await index.usualStamps(date)}`,
  model: ganttModel,
  render,
})

async function ganttVersion({ dashboard, date }: PageRequest): Promise<string> {
  const version = await dashboard.nights.versionAt(date, dashboard.clock.now())
  return `${version} ${await dashboard.index.usualVersion(date)}`
}

async function ganttModel({ dashboard, date }: PageRequest): Promise<GanttModel> {
  const [night, usual] = await Promise.all([
    dashboard.nights.night(date),
    dashboard.index.usual(date),
  ])
  const startedAt = night.startedAt ?? dashboard.clock.now().getTime()
  const places = new Map<string, number>()
  for (const { target } of night.commands) {
    if (!places.has(target)) places.set(target, places.size)
  }
  return {
    date,
    timeZone: dashboard.timeZone,
    startedAt,
    now: dashboard.clock.now().getTime() - startedAt,
    isOver: night.finishedAt !== undefined,
    targets: Array.from(places, ([name]) => ({
      name,
      usual: usual.get(undated(name, date)) ?? null,
      isBeside: night.targets.get(name)?.isWanted !== true,
    })),
    commands: night.commands.map(one => ({
      id: one.id,
      target: places.get(one.target) ?? 0,
      from: one.startedAt - startedAt,
      to: one.finishedAt === undefined ? null : one.finishedAt - startedAt,
      state: one.state,
      exit: one.exitCode ?? null,
      attempt: one.attempt,
      command: shorten(dashboard.mask(one.command), COMMAND_SHOWN),
    })),
    criticalPath: criticalPath(night).flatMap(name => places.get(name) ?? []),
    attempts: night.attempts.map(one => ({
      number: one.number,
      from: Date.parse(one.started_at) - startedAt,
    })),
  }
}

function render(model: GanttModel, { dashboard }: PageRequest): Html {
  const { commands, date } = model
  return html`<div class="gantt-head"><h1>${counted(commands.length, 'command')} <span class="quiet">of ${counted(model.targets.length, 'target')}</span></h1>
<div class="toolbar" id="gantt-tools"><label class="visually-hidden" for="filter">Show only</label><input type="search" id="filter" placeholder="Show only: words of target or command" autocomplete="off">
<label>Show <select id="rows"><option value="commands">every command</option><option value="targets">targets</option><option value="failed">what failed</option><option value="slow">slower than usual</option><option value="critical">critical path</option></select></label>
<label>in order of <select id="order"><option value="time">beginning</option><option value="target">target</option><option value="length">length</option></select></label>
<label class="check"><input type="checkbox" id="critical" checked> critical path</label><label class="check"><input type="checkbox" id="usual" checked> usual length</label>
<span class="push"></span><button type="button" id="zoom-out" aria-label="Zoom out" title="Zoom out (-)">−</button><button type="button" id="zoom-in" aria-label="Zoom in" title="Zoom in (+)">+</button><button type="button" id="zoom-all" title="The whole night (0)">All</button></div>
<ul class="legend"><li class="done"><span class="swatch" aria-hidden="true"></span>done</li><li class="failed"><span class="swatch" aria-hidden="true"></span>failed</li><li class="running"><span class="swatch" aria-hidden="true"></span>running</li><li class="waiting"><span class="swatch" aria-hidden="true"></span>held back</li><li><span class="swatch usual" aria-hidden="true"></span>usual length</li><li class="quiet only-wide">arrows: a row, Enter: its log, + and −: zoom, 0: all</li></ul></div>
<div class="gantt" id="gantt" tabindex="0" role="application" aria-label="Commands of the night; arrow keys choose one, Enter opens its log" aria-describedby="gantt-said" data-date="${date}"><div class="gantt-size" id="gantt-size"></div><canvas id="gantt-canvas"></canvas></div>
<p class="visually-hidden" id="gantt-said" role="status"></p>
<div class="tip" id="gantt-tip" hidden></div>
<details class="card"><summary>The longest commands as a table</summary>${longest(model, dashboard.timeZone)}</details>`
}

function longest({ commands, targets, startedAt, date }: GanttModel, timeZone: string): Html {
  const rows = commands
    .flatMap(one => (one.to === null ? [] : { ...one, ms: one.to - one.from }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, LONGEST_LISTED)
    .map(one => {
      const target = targets[one.target]?.name ?? ''
      return html`<tr><td>${clockTime(startedAt + one.from, timeZone)}</td><td class="number">${formatDuration(one.ms)}</td><td>${one.state}</td><td><a class="target" href="${logLink(date, target, one.id)}">${targetName(target, date)}</a><code class="command">${one.command}</code></td></tr>`
    })
  return html`<div class="scroll" tabindex="0" role="region" aria-label="The longest commands"><table class="fixed-last"><thead><tr><th scope="col">From</th><th scope="col" class="number">Took</th><th scope="col">State</th><th scope="col">Target</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
