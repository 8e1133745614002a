/** What readers look at. */
import { dateOf } from './year.ts'

interface PageChoice {
  readonly name: string
  readonly path: string
  readonly accept: string
}

const html = (path: string): PageChoice => ({ name: path, path, accept: 'text/html' })

export const PAGES: readonly [PageChoice, ...PageChoice[]] = [
  html('/'),
  html('/logs'),
  html('/gantt'),
  { name: '/gantt, its data', path: '/gantt', accept: 'application/json' },
  html('/graph'),
  html('/quality'),
  html('/kpis'),
  html('/kpis/view?model=kpi_000'),
  html('/ask'),
]

/** Mostly one of the newest three nights, sometimes one of a month, now and then any. */
export function pickDate(random: () => number, nights: number): string {
  const kind = random()
  const among = kind < 0.8 ? 3 : kind < 0.95 ? 30 : nights
  return dateOf(Math.floor(random() * Math.min(among, nights)))
}
