/** Draws the chart of a result: the page's own data, asked for as JSON. */
import { type Chart, drawLines } from './page/draw-chart.ts'

const place = document.getElementById('chart')
if (place !== null) void draw(place)

async function draw(place: HTMLElement): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: 'application/json' } })
  const { chart } = (await answer.json()) as { readonly chart: Chart | null } // our own page's
  if (chart?.kind === 'lines') drawLines(place, chart)
}
