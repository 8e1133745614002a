/**
 * Pictures of every page of a project's newest night, to be looked at: in both themes, and as a phone shows them.
 *
 *     node bench/web/screenshots.ts PROJECT FOLDER
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openPage, startBrowser } from '../../test/dashboard/support/browser.ts'
import { PagesProject } from '../../test/dashboard/support/pages-project.ts'

const PAGES = ['/', '/logs', '/gantt', '/graph', '/quality', '/kpis', '/ask']
const LOOKS = [
  { theme: 'light', width: 1_280 },
  { theme: 'dark', width: 1_280 },
  { theme: 'light', width: 390 },
  { theme: 'dark', width: 390 },
] as const
/** Charts are drawn, and what a page asks for has come. */
const SETTLED_MS = 1_500

const [projectFolder, folder] = process.argv.slice(2)
if (projectFolder === undefined || folder === undefined) {
  throw new Error('name a project and a folder: node bench/web/screenshots.ts PROJECT FOLDER')
}
await mkdir(folder, { recursive: true })
await using web = await PagesProject.existing(projectFolder).serve()
const browser = await startBrowser()
try {
  for (const path of PAGES) {
    for (const look of LOOKS) {
      await using opened = await openPage(browser, web.url + path, look)
      await opened.page.waitForTimeout(SETTLED_MS)
      const name = `${path.slice(1) || 'night'}-${look.theme}-${look.width}.png`
      await opened.page.screenshot({ path: join(folder, name), fullPage: path !== '/gantt' })
      for (const complaint of opened.complaints) console.error(`${name}: ${complaint}`)
    }
  }
} finally {
  await browser.close()
}
console.log(`${PAGES.length * LOOKS.length} pictures are in ${folder}`)
