/** Debian's Chromium, driven by Playwright's core. */
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../../servers/chromium-package.ts'

export async function startBrowser(): Promise<Browser> {
  const { program, libraries } = await findChromium()
  return chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'], // tests may run as root
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', LD_LIBRARY_PATH: libraries },
  })
}

export interface OpenedPage extends AsyncDisposable {
  readonly page: Page
  /** What the browser complained about: errors of scripts, and what the policy of the page forbade. */
  readonly complaints: readonly string[]
}

export interface PageLook {
  readonly theme?: 'light' | 'dark'
  readonly width?: number
}

export async function openPage(
  browser: Browser,
  url: string,
  look: PageLook = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    colorScheme: look.theme ?? 'light',
    viewport: { width: look.width ?? 1_280, height: 860 },
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('dialog', dialog => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(url, { waitUntil: 'load' })
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
}

/** What axe finds against the page, a line each. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Through the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source)
  const found: unknown = await page.evaluate(
    'axe.run().then(result => result.violations.map(one => `${one.id}: ${one.nodes[0].html}`))',
  )
  return found as string[] // made by the line above
}
