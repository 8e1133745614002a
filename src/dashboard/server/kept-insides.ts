import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, gzip } from 'node:zlib'
import { keepText } from '../../core/kept-file.ts'
import { VersionCache } from '../../core/version-cache.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import type { Dashboard } from '../dashboard.ts'
import { namesIn } from '../nights/night-files.ts'
import type { Page, PageRequest } from '../page.ts'
import { GZIP_LEVEL } from './page-cache.ts'

/** Two changes within one tick of the disk's clock have one time: what is made from files that young is not kept. */
const SETTLED_MS = 2_000
/** Makings that others may share while they last; what is made is kept on disk, and as a whole page in memory. */
const MOST_AT_ONCE = 32

const FOLDER = '.ferry/web/pages'

const pack = promisify(gzip)

export interface Inside {
  readonly text: string
  /** It did without something that will be at hand soon. */
  readonly isPassing: boolean
}

/**
 * The insides of pages about nights that are over, as they were rendered, in `.ferry/web/pages/DATE/`. A file holds
 * to the stamps of all files that it was made from, to the program and its settings; it can be thrown away at any
 * time. Those who ask for the same inside at the same time share its making.
 */
export class KeptInsides {
  readonly #dashboard: Dashboard
  readonly #making = new VersionCache<Inside>(MOST_AT_ONCE)
  /** Whoever started the pages is about to look at one. */
  #readAt = performance.now()

  constructor(dashboard: Dashboard) {
    this.#dashboard = dashboard
  }

  /** A reader has asked for a page. */
  noteReader(): void {
    this.#readAt = performance.now()
  }

  /** How long ago a reader asked for a page, in milliseconds. */
  get quietMs(): number {
    return performance.now() - this.#readAt
  }

  /** What the inside of this request's page holds to; undefined when it is not one that is kept. */
  async version(page: Page, request: PageRequest): Promise<string | undefined> {
    if (page.kept === undefined || [...request.query.keys()].some(key => key !== 'date')) {
      return undefined
    }
    const { nights } = this.#dashboard
    if (!(await nights.isOver(request.date))) return undefined
    return page.kept(request)
  }

  /** Nights that have left no other trace have no pages either. */
  async forgetAllBut(dates: readonly LogicalDate[]): Promise<void> {
    const folder = join(this.#dashboard.project, FOLDER)
    const known = new Set<string>(dates)
    for (const name of await namesIn(folder)) {
      if (!known.has(name)) await rm(join(folder, name), { recursive: true, force: true })
    }
  }

  /** The inside as it is kept, or as `make` makes it, which is then kept. */
  get(
    name: string,
    request: PageRequest,
    version: string,
    make: () => Promise<string>,
  ): Promise<Inside> {
    const { project, identity, index } = this.#dashboard
    const path = join(project, FOLDER, request.date, `${name}.gz`)
    const mark = createHash('sha256').update(`${identity}\n${version}`).digest('base64url')
    return this.#making.get(path, mark, async () => {
      const kept = readKept(path, mark)
      if (kept !== undefined) return { value: { text: kept, isPassing: false }, isPassing: true }
      const lacks = index.lacks
      const text = await make()
      const isPassing = index.lacks !== lacks
      if (!isPassing && isSettled(version) && this.#isOfNow(request)) {
        keepText(
          path,
          Buffer.concat([Buffer.from(`${mark}\n`), await pack(text, { level: GZIP_LEVEL })]),
        )
      }
      return { value: { text, isPassing }, isPassing: true }
    })
  }

  /** The night in memory, which the inside may have been made from, may be older than its files by a moment. */
  #isOfNow({ date }: PageRequest): boolean {
    const { nights } = this.#dashboard
    const read = nights.stampRead(date)
    return read === undefined || read === nights.stamp(date)
  }
}

/** `/` is `night`, `/kpis` is `kpis`. */
export const insideName = (page: Page, isJson: boolean): string =>
  `${page.path === '/' ? 'night' : page.path.slice(1)}.${isJson ? 'json' : 'html'}`

/** At once, in a few milliseconds: in threads, each step of it would wait behind the pages of a hundred other readers. */
function readKept(path: string, mark: string): string | undefined {
  try {
    const bytes = readFileSync(path)
    const end = bytes.indexOf(10)
    if (bytes.toString('latin1', 0, end) !== mark) return undefined
    return gunzipSync(bytes.subarray(end + 1)).toString('utf8')
  } catch {
    return undefined // not there, or torn: it is made again
  }
}

/** Times are in versions as milliseconds between colons, and as nanoseconds. */
function isSettled(version: string): boolean {
  const newest = Date.now() - SETTLED_MS
  for (const [, ms, ns] of version.matchAll(/:(\d{13}):|\b(\d{19})\b/g)) {
    if ((ms === undefined ? Number(ns) / 1e6 : Number(ms)) > newest) return false
  }
  return true
}
