/** How long a browser takes to show what the tracking shell has written. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { readCommands } from '../../../src/formats/command-record.ts'
import { FERRY, runFerry } from '../../support/run-ferry.ts'
import { openPage } from './browser.ts'
import type { PagesProject, RunningWeb } from './pages-project.ts'

const WATCH = `(() => {
  window.seen = {}
  const look = () => {
    for (const one of document.querySelectorAll('#running .target')) window.seen[one.textContent] ??= Date.now()
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
})()`

/**
 * Runs a night of so many targets, one after the other, before the eyes of a browser. For each, the milliseconds from
 * the beginning of its command, as the record of it says, until the page has it among what runs.
 */
export async function measureLive(
  { project, web, browser }: { project: PagesProject; web: RunningWeb; browser: Browser },
  date: string,
  targets: number,
): Promise<number[]> {
  const names = Array.from({ length: targets }, (_, at) => `step${at}`)
  const rules = names
    .map((name, at) => `${name}: ${names[at - 1] ?? ''} ; sleep 0.${40 + ((at * 37) % 60)}\n`)
    .join('')
  await writeFile(
    join(project.folder, 'makefile'),
    `include .ferry/rules.mk\n.ferry/rules.mk: ; ferry rules\n.PHONY: all ${names.join(' ')}\nall: ${names.join(' ')}\n${rules}`,
  )
  await using opened = await openPage(browser, `${web.url}/?date=${date}`)
  const { page } = opened
  await page.locator('#live', { hasText: /^live$/ }).waitFor()
  await page.evaluate(WATCH)
  const environment = { PATH: `${dirname(FERRY)}:${process.env['PATH'] ?? ''}` }
  const night = await runFerry(['run', '--once', '--date', date, 'all'], {
    cwd: project.folder,
    env: environment,
  })
  if (night.code !== 0) throw new Error(night.stderr)
  const seen = Object(await page.evaluate('window.seen'))
  const records = await readFile(join(project.folder, 'logs', date, 'timing_env.log'), 'utf8')
  return readCommands(records).flatMap(({ begin }) => {
    if (!names.includes(begin.target)) return []
    const at: unknown = seen[begin.target]
    return [typeof at === 'number' ? at - Date.parse(begin.started_at) : Number.POSITIVE_INFINITY]
  })
}
