import { setTimeout as sleep } from 'node:timers/promises'
import type { Dashboard } from '../dashboard.ts'
import type { Page, PageRequest } from '../page.ts'
import { insideName, type KeptInsides } from './kept-insides.ts'

/** While readers ask more often than this nothing is made. */
const QUIET_MS = 1_000
/** So many times as long as a page took nothing is made: readers come first. */
const REST = 3
/** How often nights that have ended meanwhile are looked for, and how many of the newest. */
const AGAIN_MS = 60_000
const NEWEST = 3

interface MakeAhead {
  readonly dashboard: Dashboard
  readonly pages: readonly Page[]
  readonly insides: KeptInsides
  readonly signal: AbortSignal
}

/**
 * Makes the insides of pages that are not kept yet, of all nights that are over, the newest first; then those of
 * nights that end, until it is stopped. A page that fails is told to whoever asks for it.
 */
export async function makeAhead(parts: MakeAhead): Promise<void> {
  const { dashboard, insides, signal } = parts
  try {
    for (let most = Number.POSITIVE_INFINITY; !signal.aborted; most = NEWEST) {
      await insides.forgetAllBut(await dashboard.nights.dates())
      for (const date of (await dashboard.nights.dates()).slice(0, most)) {
        await makeNight(parts, { dashboard, date, query: new URLSearchParams(), reader, signal })
      }
      await sleep(AGAIN_MS, undefined, { signal, ref: false })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Insides that are kept show nothing of who reads them. */
const reader = { name: undefined, csrfToken: '' }

async function makeNight(
  { pages, insides, signal }: MakeAhead,
  request: PageRequest,
): Promise<void> {
  for (const page of pages) {
    for (const isJson of page.asksForJson === true ? [false, true] : [false]) {
      while (insides.quietMs < QUIET_MS) await sleep(QUIET_MS, undefined, { signal, ref: false })
      signal.throwIfAborted()
      const begun = performance.now()
      try {
        await makeOne({ page, insides, isJson }, request)
      } catch {
        // Told to who asks for it.
      }
      await sleep((performance.now() - begun) * REST, undefined, { signal, ref: false })
    }
  }
}

async function makeOne(
  {
    page,
    insides,
    isJson,
  }: { readonly page: Page; readonly insides: KeptInsides; readonly isJson: boolean },
  request: PageRequest,
): Promise<void> {
  const version = await insides.version(page, request)
  if (version === undefined) return
  await insides.get(insideName(page, isJson), request, version, async () => {
    const opened = await page.open(request)
    return isJson ? JSON.stringify(opened.model) : opened.html().text
  })
}
