/**
 * The chart of 10,000 commands in a browser (Debian's Chromium, without a GPU): until it is drawn,
 * and the frames while it is scrolled. Budgets: 1 s, and no frame above 50 ms.
 */
import { openPage, startBrowser } from '../../test/dashboard/support/browser.ts'
import { PagesProject } from '../../test/dashboard/support/pages-project.ts'

const TABLES = 3_077 // 10,000 targets

await using project = await PagesProject.make()
await project.night({ date: '2026-11-21', tables: TABLES })
await using web = await project.serve()
await (await web.get('/gantt')).text()
const browser = await startBrowser()
for (let round = 0; round < 3; round += 1) {
  const start = performance.now()
  await using opened = await openPage(browser, `${web.url}/gantt`)
  const { page } = opened
  await page.locator('#gantt[data-drawn="10000"]').waitFor()
  const drawn = performance.now() - start
  const paint = await page.evaluate(
    "performance.getEntriesByName('first-contentful-paint')[0].startTime",
  )
  const frames: unknown = await page.evaluate(`new Promise(resolve => {
    const box = document.getElementById('gantt')
    const frames = []
    let last = performance.now()
    const step = now => {
      frames.push(now - last)
      last = now
      box.scrollTop += 400
      if (frames.length < 240) requestAnimationFrame(step)
      else resolve(frames.slice(1))
    }
    requestAnimationFrame(step)
  })`)
  const times = (frames as number[]).sort((a, b) => a - b) // made just above
  const slow = times.filter(one => one > 50).length
  console.log(
    `first paint ${Number(paint).toFixed(0)} ms, all drawn after ${drawn.toFixed(0)} ms; frames: median ${(times[120] ?? 0).toFixed(1)} ms, slowest ${(times.at(-1) ?? 0).toFixed(1)} ms, ${slow} of ${times.length} above 50 ms`,
  )
}
await browser.close()
