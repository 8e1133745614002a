import { createHmac, randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { FerryError } from '../../core/errors.ts'
import { html } from '../../core/html.ts'
import type { WebConfig } from '../config.ts'
import type { WebApp, WebEnvironment } from '../page.ts'
import type { Access, BarePage } from './access.ts'
import { checkForgery } from './forgery.ts'
import { LoginLimit } from './login-limit.ts'
import { OidcLogin } from './oidc.ts'
import { isPassword } from './password-file.ts'
import { trustHeader } from './proxy-header.ts'
import type { Reader } from './reader.ts'
import { Sessions } from './sessions.ts'

type AuthConfig = NonNullable<WebConfig['auth']>
type RequestContext = Context<WebEnvironment>

export interface GuardedAccessOptions {
  readonly project: string
  readonly auth: AuthConfig
  /** As readers see the pages; decides whether cookies go over TLS only. */
  readonly url: string | undefined
  readonly now: () => number
}

const OIDC_COOKIE = 'ferry_login'

/** What a page of a login is shown for. */
interface Login {
  /** Where its reader was going. */
  readonly next: string | undefined
  /** Why the last try failed. */
  readonly problem?: FerryError
}

/** Nobody comes in without a name: by a proxy's header, a password, or OpenID Connect. */
export function guardedAccess(options: GuardedAccessOptions): Access {
  return new Guard(options)
}

class Guard implements Access {
  readonly #auth: AuthConfig
  readonly #usersFile: string | undefined
  readonly #url: string | undefined
  readonly #sessions: Sessions
  readonly #limit: LoginLimit
  readonly #oidc: OidcLogin | undefined
  readonly #nameByProxy: ReturnType<typeof trustHeader> | undefined
  readonly #key = randomBytes(32)
  readonly #cookie: string

  constructor({ project, auth, url, now }: GuardedAccessOptions) {
    this.#auth = auth
    this.#usersFile = auth.users === undefined ? undefined : resolve(project, auth.users)
    this.#url = url
    this.#sessions = new Sessions(auth.session, now)
    this.#limit = new LoginLimit(now)
    this.#oidc = auth.oidc === undefined ? undefined : new OidcLogin(auth.oidc)
    this.#nameByProxy = auth.header === undefined ? undefined : trustHeader(auth.header)
    this.#cookie = this.#isSecure ? '__Host-ferry_session' : 'ferry_session'
  }

  get #isSecure(): boolean {
    return this.#url?.startsWith('https:') === true
  }

  install(app: WebApp, bare: BarePage): void {
    app.get('/login', context =>
      this.#loginPage(context, bare, { next: context.req.query('next') }),
    )
    app.post('/login', context => this.#login(context, bare))
    app.get('/login/oidc', context => this.#beginOidc(context))
    app.get('/login/callback', context => this.#endOidc(context))
    app.use(async (context, next) => {
      const reader = await this.#readerOf(context)
      if (reader === undefined) return this.#turnAway(context)
      context.set('reader', reader)
      return next()
    })
    app.post('/logout', checkForgery, context => {
      this.#sessions.end(getCookie(context, this.#cookie) ?? '')
      deleteCookie(context, this.#cookie, { path: '/', secure: this.#isSecure })
      return context.redirect('/login')
    })
  }

  async #readerOf(context: RequestContext): Promise<Reader | undefined> {
    const remote = remoteOf(context)
    const name = this.#nameByProxy?.(remote, one => context.req.header(one))
    if (name !== undefined) {
      return { name, csrfToken: createHmac('sha256', this.#key).update(name).digest('base64url') }
    }
    const secret = getCookie(context, this.#cookie)
    const known = secret === undefined ? undefined : this.#sessions.find(secret)
    return known ?? this.#machine(context, remote)
  }

  /** Programs log in with each request, and only to read. */
  async #machine(context: RequestContext, remote: string | undefined): Promise<Reader | undefined> {
    const [, encoded] =
      /^Basic ([A-Za-z0-9+/=]{1,400})$/i.exec(context.req.header('authorization') ?? '') ?? []
    if (encoded === undefined || !['GET', 'HEAD'].includes(context.req.method)) return undefined
    const [name = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':')
    const isRight = await this.#check(name, rest.join(':'), remote)
    return isRight ? { name, csrfToken: '' } : undefined
  }

  async #check(name: string, password: string, remote: string | undefined): Promise<boolean> {
    const file = this.#usersFile
    if (file === undefined) return false
    const keys = [`name ${name}`, `from ${remote ?? ''}`]
    return this.#limit.check(keys, () => isPassword(file, name, password))
  }

  #turnAway(context: RequestContext): Response {
    const wantsPage = (context.req.header('accept') ?? '').includes('text/html')
    if (context.req.method === 'GET' && wantsPage) {
      const { pathname, search } = new URL(context.req.url)
      return context.redirect(
        `/login?${new URLSearchParams({ next: pathname + search }).toString()}`,
      )
    }
    if (this.#usersFile !== undefined) context.header('www-authenticate', 'Basic realm="ferry"')
    return context.json({ error: { code: 'DENIED', message: 'a login is needed' } }, 401)
  }

  #loginPage(context: RequestContext, bare: BarePage, { next: given, problem }: Login): Response {
    const next = safeNext(given)
    const main = html`<section class="card login"><h1>Log in</h1>
${problem && html`<p class="notice bad" role="alert">${problem.message}${problem.hint && html`: ${problem.hint}`}</p>`}
${this.#auth.oidc && html`<p><a class="button" href="/login/oidc?${new URLSearchParams({ next }).toString()}">Log in with ${new URL(this.#auth.oidc.issuer).host}</a></p>`}
${this.#usersFile !== undefined && html`<form method="post" action="/login"><input type="hidden" name="next" value="${next}"><label>Name <input name="name" autocomplete="username" required autofocus maxlength="64"></label><label>Password <input type="password" name="password" autocomplete="current-password" required maxlength="200"></label><button class="primary">Log in</button></form>`}
${this.#usersFile === undefined && this.#auth.oidc === undefined && html`<p>These pages are reached through a proxy that knows who you are.</p>`}</section>`
    return context.html(bare(context, { title: 'Log in' }, main), problem === undefined ? 200 : 401)
  }

  async #login(context: RequestContext, bare: BarePage): Promise<Response> {
    refuseForeign(context)
    const form = await context.req.parseBody()
    const [name, password] = [textOf(form['name']), textOf(form['password'])]
    try {
      if (!(await this.#check(name, password, remoteOf(context)))) {
        throw new FerryError('DENIED', 'the name or the password is wrong')
      }
    } catch (error) {
      if (!(error instanceof FerryError)) throw error
      return this.#loginPage(context, bare, { next: textOf(form['next']), problem: error })
    }
    this.#begin(context, name)
    return context.redirect(safeNext(textOf(form['next'])), 303)
  }

  #begin(context: RequestContext, name: string): void {
    setCookie(context, this.#cookie, this.#sessions.begin(name), {
      path: '/',
      httpOnly: true,
      sameSite: 'Lax',
      secure: this.#isSecure,
      maxAge: Math.floor(this.#auth.session / 1_000),
    })
  }

  async #beginOidc(context: RequestContext): Promise<Response> {
    if (this.#oidc === undefined) return context.notFound()
    const next = safeNext(context.req.query('next'))
    const { url, secret } = await this.#oidc.begin(this.#callback(context), next)
    const cookie = { path: '/login', httpOnly: true, sameSite: 'Lax', maxAge: 600 } as const
    setCookie(context, OIDC_COOKIE, secret, { ...cookie, secure: this.#isSecure })
    return context.redirect(url.href)
  }

  async #endOidc(context: RequestContext): Promise<Response> {
    if (this.#oidc === undefined) return context.notFound()
    const callback = new URL(this.#callback(context))
    callback.search = new URL(context.req.url).search
    const { name, next } = await this.#oidc.end(getCookie(context, OIDC_COOKIE) ?? '', callback)
    deleteCookie(context, OIDC_COOKIE, { path: '/login' })
    this.#begin(context, name)
    return context.redirect(next)
  }

  #callback(context: RequestContext): string {
    return new URL('/login/callback', this.#url ?? new URL(context.req.url).origin).href
  }
}

const remoteOf = (context: RequestContext): string | undefined =>
  getConnInfo(context).remote.address

const textOf = (field: unknown): string => (typeof field === 'string' ? field : '')

/** Only a place of ours: `//evil.example` is none. */
const safeNext = (next: string | undefined): string =>
  next !== undefined && /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next) ? next : '/'

/** A form of somebody else's must not log a reader in as somebody else. */
function refuseForeign(context: RequestContext): void {
  const site = context.req.header('sec-fetch-site')
  const origin = context.req.header('origin')
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none'
  const isElsewhere = origin !== undefined && URL.parse(origin)?.host !== context.req.header('host')
  if (isForeign || (site === undefined && isElsewhere)) {
    throw new FerryError('DENIED', 'this did not come from a page of ours')
  }
}
