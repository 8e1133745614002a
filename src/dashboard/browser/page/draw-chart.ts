/** Numbers over time as lines, and numbers of names as bars. */
import uPlot from 'uplot'

interface LineChart {
  readonly kind: 'lines'
  readonly times: readonly number[]
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
}

interface BarChart {
  readonly kind: 'bars'
  readonly name: string
  readonly bars: readonly { readonly label: string; readonly value: number }[]
}

export type Chart = LineChart | BarChart

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

/** Puts lines into a place; what was there goes. */
export function drawLines(place: HTMLElement, chart: LineChart): void {
  place.replaceChildren()
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

/** Bars of the numbers, each with its name; the table below has the same. */
export function drawBars(place: HTMLElement, { bars, name }: BarChart): void {
  const most = bars.reduce((found, { value }) => Math.max(found, Math.abs(value)), 0)
  const list = document.createElement('dl')
  list.className = 'bar-list'
  list.setAttribute('aria-label', name)
  for (const { label, value } of bars) {
    const term = document.createElement('dt')
    term.textContent = label
    const number = document.createElement('dd')
    const meter = document.createElement('progress')
    meter.max = most || 1
    meter.value = Math.abs(value)
    meter.setAttribute('aria-hidden', 'true')
    number.append(meter, value.toLocaleString('en-US'))
    list.append(term, number)
  }
  place.replaceChildren(list)
}
