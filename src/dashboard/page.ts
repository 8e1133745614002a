import type { Hono } from 'hono'
import type { Html } from '../core/html.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import type { Dashboard } from './dashboard.ts'
import type { Reader } from './access/reader.ts'

/** What a page is asked for. Everything in it comes from outside and has been checked for its form only. */
export interface PageRequest {
  readonly dashboard: Dashboard
  /** Of `?date=`; without one, the newest night. */
  readonly date: LogicalDate
  /** All parameters, `date` included. */
  readonly query: URLSearchParams
  readonly reader: Reader
  readonly signal: AbortSignal
}

/**
 * A page: one model, shown as HTML or given as JSON (`Accept: application/json`) at the same address.
 * To add one, write a file in `pages/` and put it into `pages/registry.ts`.
 */
interface PageDeclaration<Model extends object> {
  /** Where it is: `/gantt`. */
  readonly path: string
  readonly title: string
  /** The key that leads to it after `g`; without one, it is not in the navigation. */
  readonly key?: string
  /** Its script: `browser/NAME.ts`. */
  readonly script?: string
  /** Its own style sheet beside the common one: `style/NAME.css`. */
  readonly style?: string
  /** A library in its script writes style elements: the nonce is in `<meta name="style-nonce">`. */
  readonly needsStyleNonce?: boolean
  /** Its script asks for its JSON. */
  readonly asksForJson?: boolean
  /** Uses the whole width of the window. */
  readonly isWide?: boolean
  /**
   * Changes when the page of this request would be another; found out in much less time than the page takes. With it,
   * readers are given the page that was made for others. Who is looking, and their query, need not be in it.
   */
  version?(request: PageRequest): Promise<string>
  /**
   * Of the page as it is without parameters, of a night that is over: a text that tells all files that its inside is
   * made of. The inside then outlives the program (`.ferry/web/pages`). Undefined: this one is not to be kept.
   */
  kept?(request: PageRequest): Promise<string | undefined>
  /** What comes after the inside and changes with other nights; it is made for each page, and is not kept. */
  readonly after?: {
    version(request: PageRequest): Promise<string>
    render(request: PageRequest): Promise<Html>
  }
  /** Plain data that JSON can hold. @throws FerryError INPUT_MISSING: 404, USAGE: 400, DENIED: 403 */
  model(request: PageRequest): Promise<Model>
  /** The inside of `<main>`. */
  render(model: Model, request: PageRequest): Html
  /** More addresses that belong to it: windows of a log, searches, downloads. */
  routes?(app: WebApp, dashboard: Dashboard): void
}

/** A page whose model's type is known to its own file alone. */
export interface Page extends Omit<PageDeclaration<object>, 'model' | 'render'> {
  open(request: PageRequest): Promise<{ readonly model: object; html(): Html }>
}

/** What middleware tells the handlers. */
export interface WebEnvironment {
  Variables: { reader: Reader }
}

export type WebApp = Hono<WebEnvironment>

export function definePage<Model extends object>(page: PageDeclaration<Model>): Page {
  return {
    ...page,
    async open(request) {
      const model = await page.model(request)
      return { model, html: () => page.render(model, request) }
    },
  }
}
