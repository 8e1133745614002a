import { type Html, html } from '../../../core/html.ts'
import { STATE_SIGNS } from '../../show/signs.ts'
import type { NightModel } from './night-model.ts'

const MONTHS_SHOWN = 13
const DAY_MS = 86_400_000
const WEEKDAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']

type States = ReadonlyMap<string, NightModel['calendar'][number]['state']>

/** Every night of a year back, by month, each a link to it; older ones by their date. */
export function renderCalendar(model: Pick<NightModel, 'date' | 'calendar'>): Html {
  const states: States = new Map(model.calendar.map(one => [one.date, one.state]))
  const months = [...new Set(model.calendar.map(one => one.date.slice(0, 7)))].slice(
    0,
    MONTHS_SHOWN,
  )
  return html`<section class="card calendar"><h2 id="calendar">Other nights</h2>
<form method="get" action="/" class="inline"><label>Night of <input type="date" name="date" value="${model.date}"></label> <button>Show</button></form>
<div class="months">${months.map(month => renderMonth(month, states, model.date))}</div></section>`
}

function renderMonth(month: string, states: States, current: string): Html {
  const first = Date.parse(`${month}-01T00:00:00Z`)
  const blanks = (new Date(first).getUTCDay() + 6) % 7
  const days: Html[] = []
  for (let at = first; isoDay(at).startsWith(month); at += DAY_MS) {
    days.push(renderDay(isoDay(at), states, current))
  }
  const title = new Date(first).toLocaleString('en-US', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
  return html`<section class="month" aria-label="${title}"><h3>${title}</h3><ol>${WEEKDAYS.map(day => html`<li class="weekday" aria-hidden="true">${day}</li>`)}${Array.from({ length: blanks }, () => html`<li aria-hidden="true"></li>`)}${days}</ol></section>`
}

function renderDay(date: string, states: States, current: string): Html {
  const state = states.get(date)
  const day = Number(date.slice(8))
  if (state === undefined) return html`<li class="none">${day}</li>`
  const here = date === current ? html` aria-current="date"` : undefined
  const sign = state === null ? '' : STATE_SIGNS[state]
  return html`<li><a class="${state ?? 'unread'}" href="/?date=${date}"${here} title="${date}: ${state ?? 'not read yet'}">${day}<span class="visually-hidden"> ${state ?? ''}</span><span class="sign" aria-hidden="true">${sign}</span></a></li>`
}

const isoDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
