/** The chart of a night's commands. */
import type { GanttModel } from './../pages/gantt/gantt-model.ts'
import { Chart } from './gantt/chart.ts'

/** News of a running night come many times a second. */
const RELOAD_MS = 900

async function load(): Promise<GanttModel> {
  const response = await fetch(location.href, { headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`no commands: ${response.status}`)
  return response.json() as Promise<GanttModel> // gantt-page.ts
}

const box = document.getElementById('gantt')
if (box !== null) {
  const chart = new Chart(box, await load())
  let reloading: number | undefined
  document.addEventListener('ferry:night', () => {
    reloading ??= window.setTimeout(() => {
      reloading = undefined
      load().then(
        model => chart.update(model),
        () => undefined, // the next news try again
      )
    }, RELOAD_MS)
  })
}
