/** Draws the chart of a result: the page's own data, asked for as JSON. */
import uPlot from 'uplot'

interface LineChart {
  readonly kind: 'lines'
  readonly times: readonly number[]
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
}

const COLOURS = [
  '#2f7fa3',
  '#c8663b',
  '#4b9a6a',
  '#8b6bb5',
  '#b98a1f',
  '#c05780',
  '#5f7d8c',
  '#7a7a2e',
]
const HEIGHT = 300

const place = document.getElementById('chart')
if (place !== null) void draw(place)

async function draw(place: HTMLElement): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: 'application/json' } })
  const { chart } = (await answer.json()) as { readonly chart: LineChart | null } // our own page's
  if (chart?.kind !== 'lines') return
  const ink = getComputedStyle(place).color
  const axis = {
    stroke: ink,
    grid: { stroke: 'rgba(128,128,128,.2)', width: 1 },
    ticks: { show: false },
  }
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      axes: [axis, { ...axis, size: 70 }],
      series: [
        {},
        ...chart.series.map(({ name }, at) => ({
          label: name,
          stroke: COLOURS[at % COLOURS.length] ?? ink,
          width: 2,
        })),
      ],
    },
    [[...chart.times], ...chart.series.map(({ values }) => [...values])],
    place,
  )
  addEventListener('resize', () => plot.setSize({ width: place.clientWidth, height: HEIGHT }))
}
