import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getCookie } from 'hono/cookie'
import { compress } from 'hono/compress'
import { Html, html } from '../../core/html.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import type { Access } from '../access/access.ts'
import { checkForgery } from '../access/forgery.ts'
import type { Dashboard } from '../dashboard.ts'
import type { Page, WebApp, WebEnvironment } from '../page.ts'
import type { Assets } from './assets.ts'
import { describeFailure } from './http-errors.ts'
import { type Inside, insideName, type KeptInsides } from './kept-insides.ts'
import { type Frame, type NightFrame, renderLayout, type Theme } from './layout.ts'
import { packed, PageCache } from './page-cache.ts'
import { readRequest } from './read-request.ts'
import { contentSecurityPolicy, createNonce, securityHeaders } from './security-headers.ts'

const LARGEST_BODY = 256 * 1024
const NIGHTS_ON_TOP = 7

export interface AppParts {
  readonly dashboard: Dashboard
  readonly pages: readonly Page[]
  readonly assets: Assets
  readonly access: Access
  readonly insides: KeptInsides
  /** What is for machines: feeds, metrics, streams. */
  readonly services: readonly ((app: WebApp, dashboard: Dashboard) => void)[]
}

type RequestContext = Context<WebEnvironment>

/** Everything that answers a request, without a server around it. */
export function createApp(parts: AppParts): WebApp {
  const app: WebApp = new Hono<WebEnvironment>()
  const { dashboard, pages, assets, access, services } = parts
  const frame = new Framing(parts)
  app.use(securityHeaders)
  app.use(compress())
  app.get('/assets/:name', context => {
    const asset = assets.get(context.req.param('name'))
    if (asset === undefined) return context.notFound()
    const isNamed = context.req.query('v') === asset.version
    context.header('cache-control', isNamed ? 'public, max-age=31536000, immutable' : 'no-cache')
    return context.body(asset.body, 200, { 'content-type': asset.type })
  })
  app.use(bodyLimit({ maxSize: LARGEST_BODY }))
  access.install(app, (context, page, main) => frame.bare(context, page, main))
  app.use(checkForgery)
  for (const page of pages) {
    app.get(page.path, context => answer(page, context, dashboard, frame))
    page.routes?.(app, dashboard)
  }
  for (const install of services) install(app, dashboard)
  app.notFound(context =>
    frame.failure(context, {
      status: 404,
      code: 'INPUT_MISSING',
      message: 'there is no such page',
    }),
  )
  app.onError((error, context) => {
    const failure = describeFailure(error)
    if (failure.code === 'BUG') dashboard.logger.warn(`${context.req.path}: ${error.stack ?? ''}`)
    return frame.failure(context, failure)
  })
  return app
}

async function answer(
  page: Page,
  context: RequestContext,
  dashboard: Dashboard,
  frame: Framing,
): Promise<Response> {
  const request = await readRequest(context, dashboard)
  const night = await frame.night(request.date)
  const isJson = wantsJson(context)
  const styleNonce = page.needsStyleNonce === true ? createNonce() : undefined
  frame.insides.noteReader()
  const keptVersion =
    isJson && page.after !== undefined ? undefined : await frame.insides.version(page, request)
  const makeInside = async (): Promise<string> => {
    const opened = await page.open(request)
    return isJson ? JSON.stringify(opened.model) : opened.html().text
  }
  const render = async (): Promise<Inside> => {
    const inside: Inside =
      keptVersion === undefined
        ? { text: await makeInside(), isPassing: false }
        : await frame.insides.get(insideName(page, isJson), request, keptVersion, makeInside)
    if (isJson) return inside
    const main = new Html(inside.text + ((await page.after?.render(request))?.text ?? ''))
    const around = { ...frame.of(context), night }
    return { ...inside, text: renderLayout(around, { ...page, styleNonce }, main) }
  }
  const encoding = context.req.header('accept-encoding')?.includes('gzip') ? 'gzip' : undefined
  const version =
    keptVersion === undefined
      ? await page.version?.(request)
      : `${keptVersion} ${(await page.after?.version(request)) ?? ''}`
  const { name, csrfToken } = request.reader
  const who = [isJson, themeOf(context), name ?? '', csrfToken].join(' ')
  const made =
    version === undefined
      ? await packed((await render()).text, encoding)
      : await frame.cache.get(
          `${page.path}?${request.query.toString()} ${who}`,
          `${request.date} ${version} ${JSON.stringify(night)}`,
          encoding,
          render,
        )
  context.header('vary', 'accept, accept-encoding, cookie')
  context.header('content-type', isJson ? 'application/json' : 'text/html; charset=UTF-8')
  if (!isJson) context.header('content-security-policy', contentSecurityPolicy(styleNonce))
  if (made.encoding !== undefined) context.header('content-encoding', made.encoding)
  return context.body(made.body)
}

const wantsJson = (context: RequestContext): boolean => {
  const accept = context.req.header('accept') ?? ''
  return accept.includes('application/json') && !accept.includes('text/html')
}

/** Puts the layout around pages. */
class Framing {
  readonly #dashboard: Dashboard
  readonly #pages: readonly Page[]
  readonly #assets: Assets
  readonly cache = new PageCache()
  readonly insides: KeptInsides

  constructor({ dashboard, pages, assets, insides }: AppParts) {
    this.#dashboard = dashboard
    this.#pages = pages
    this.#assets = assets
    this.insides = insides
  }

  of(context: RequestContext): Omit<Frame, 'night'> {
    const reader = context.get('reader') ?? { name: undefined, csrfToken: '' }
    const { name } = this.#dashboard
    return { name, pages: this.#pages, assets: this.#assets, theme: themeOf(context), reader }
  }

  async night(date: LogicalDate): Promise<NightFrame> {
    const { nights, index } = this.#dashboard
    const dates = await nights.dates()
    // The seven up to the one that is looked at, or the newest seven when it is one of those.
    const newest = dates.slice(0, NIGHTS_ON_TOP)
    const isOld = !newest.includes(date) && dates.length > 0
    const shown = isOld ? dates.filter(one => one <= date).slice(0, NIGHTS_ON_TOP) : newest
    const lastNights = await Promise.all(
      shown.toReversed().map(async one => ({ date: one, summary: await index.summarySoon(one) })),
    )
    return { date, version: await nights.version(date), lastNights }
  }

  /** A page about no night: a login. */
  bare(context: RequestContext, page: { title: string }, main: Parameters<typeof renderLayout>[2]) {
    const around = { path: context.req.path, title: page.title }
    return renderLayout({ ...this.of(context), night: undefined }, around, main)
  }

  failure(context: RequestContext, failure: ReturnType<typeof describeFailure>): Response {
    const { status, code, message, hint } = failure
    const { mask } = this.#dashboard
    const told = { code, message: mask(message), hint: hint && mask(hint) }
    if (wantsJson(context)) return context.json({ error: told }, status)
    const main = html`<section class="card problem"><h1>${status}</h1><p>${told.message}</p>${told.hint && html`<p class="quiet">${told.hint}</p>`}<p><a href="/">The newest night</a></p></section>`
    return context.html(this.bare(context, { title: String(status) }, main), status)
  }
}

function themeOf(context: RequestContext): Theme {
  const theme = getCookie(context, 'ferry_theme')
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}
