import { Html, html } from '../../core/html.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import type { Reader } from '../access/reader.ts'
import type { Page } from '../page.ts'
import type { NightSummary } from '../nights/night.ts'
import { STATE_SIGNS } from '../show/signs.ts'
import { count } from '../show/numbers.ts'
import { shortDay } from '../show/times.ts'
import type { Assets } from './assets.ts'

/** What stands around every page. */
export interface Frame {
  /** Of the project. */
  readonly name: string
  readonly pages: readonly Page[]
  readonly assets: Assets
  readonly theme: Theme
  readonly reader: Reader
  /** Undefined on pages that are about no night: a login, an error. */
  readonly night: NightFrame | undefined
}

export interface NightFrame {
  readonly date: LogicalDate
  /** Of the night as it is shown: a stream that begins with another one has news. */
  readonly version: string
  /** The last seven, the newest last; what nobody has read yet comes later. */
  readonly lastNights: readonly {
    readonly date: LogicalDate
    readonly summary: NightSummary | undefined
  }[]
}

export type Theme = 'light' | 'dark' | 'system'

export interface PageFrame {
  readonly path: string
  readonly title: string
  readonly script?: string | undefined
  readonly style?: string | undefined
  readonly isWide?: boolean | undefined
  readonly styleNonce?: string | undefined
}

/** A whole page. */
export function renderLayout(frame: Frame, page: PageFrame, main: Html): string {
  const { assets, night, name } = frame
  const date = night === undefined ? '' : ` · ${night.date}`
  return html`<!doctype html>
<html lang="en" data-theme="${frame.theme}" data-path="${page.path}" data-date="${night?.date}" data-version="${night?.version}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="csrf-token" content="${frame.reader.csrfToken}">
${page.styleNonce && html`<meta name="style-nonce" content="${page.styleNonce}">`}
<title>${page.title}${date} · ${name}</title>
<link rel="icon" href="${assets.url('ferry.svg')}" type="image/svg+xml">
<link rel="alternate" href="/feed.xml" type="application/rss+xml" title="Nights of ${name}">
<link rel="stylesheet" href="${assets.url('app.css')}">
${page.style && html`<link rel="stylesheet" href="${assets.url(`${page.style}.css`)}">`}
<script type="module" src="${assets.url('app.js')}"></script>
${page.script && html`<script type="module" src="${assets.url(`${page.script}.js`)}"></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the page</a>
<header class="top">
<div class="bar">
<a class="brand" href="/">${logo}<span>${name}</span></a>
${night && navigation(frame, page.path, night.date)}
<div class="tools">
${night && html`<span class="live" id="live" role="status" hidden>live</span>`}
<button type="button" class="plain" id="theme" title="Light or dark (t)" aria-label="Light or dark">${themeIcon}</button>
<button type="button" class="plain" id="keys" title="Keys (?)" aria-label="Keys">?</button>
${frame.reader.name && logout(frame.reader)}
</div>
</div>
${night && strip(night, page.path)}
</header>
<main id="main" tabindex="-1"${page.isWide === true ? new Html(' class="wide"') : ''}>
${main}
</main>
${keysDialog(frame.pages)}
</body>
</html>
`.text
}

const logo = new Html(
  '<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M2 15h20l-2.6 4.6a1 1 0 0 1-.9.5H5.5a1 1 0 0 1-.9-.5z" fill="currentColor"/><path d="M6 13V9h12v4M9 9V5h5v4" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"/></svg>',
)

const themeIcon = new Html(
  '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true"><circle cx="12" cy="12" r="8.2" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M12 3.8a8.2 8.2 0 0 1 0 16.4z" fill="currentColor"/></svg>',
)

function navigation(frame: Frame, path: string, date: LogicalDate): Html {
  const links = frame.pages.flatMap(page =>
    page.key === undefined
      ? []
      : html`<li><a href="${page.path}?date=${date}"${isCurrent(page.path, path) ? new Html(' aria-current="page"') : ''}>${page.title}</a></li>`,
  )
  return html`<nav aria-label="Pages"><ul>${links}</ul></nav>`
}

/** `/logs/view` belongs to `/logs`. */
const isCurrent = (page: string, path: string): boolean =>
  page === path || (page !== '/' && path.startsWith(`${page}/`))

function logout(reader: Reader): Html {
  return html`<form method="post" action="/logout"><input type="hidden" name="csrf" value="${reader.csrfToken}"><button class="plain" title="Log out">${reader.name}<span class="quiet"> · log out</span></button></form>`
}

/** The last seven nights, across the top of every page. */
function strip({ date, lastNights }: NightFrame, path: string): Html {
  const cells = lastNights.map(({ date: night, summary }) => {
    const current = night === date ? new Html(' aria-current="date"') : ''
    const [weekday, day] = shortDay(night).split(' ')
    const dayHtml = html`<span class="day"><span class="only-wide">${weekday} </span>${day}</span>`
    if (summary === undefined) {
      return html`<li><a class="night" href="${path}?date=${night}"${current} title="${night}: being read">${dayHtml}<span class="sum">…</span></a></li>`
    }
    const { counts, wanted, state } = summary
    const missing = counts.failed + counts['not reached']
    const said =
      missing === 0
        ? count(wanted)
        : html`${count(missing)}<span class="only-wide"> of ${count(wanted)}</span>`
    return html`<li><a class="night ${state}" href="${path}?date=${night}"${current} title="${night}: ${state}, ${counts.done} of ${wanted} done">${dayHtml}<span class="sum"><span class="sign" aria-hidden="true">${STATE_SIGNS[state]}</span> ${said}</span><span class="visually-hidden"> ${state}</span></a></li>`
  })
  return html`<nav class="strip" aria-label="Last nights" id="strip" data-live><ol>${cells}</ol></nav>`
}

function keysDialog(pages: readonly Page[]): Html {
  const rows: [string, string][] = [
    ...pages.flatMap(({ key, title }): [string, string][] =>
      key === undefined ? [] : [[`g ${key}`, title]],
    ),
    ['[ ]', 'the night before, the night after'],
    ['/', 'search'],
    ['t', 'light or dark'],
    ['?', 'this list'],
  ]
  const keys = pages.flatMap(({ key, path }) => (key === undefined ? [] : `${key} ${path}`))
  return html`<dialog id="keys-dialog" aria-labelledby="keys-title" data-keys="${keys.join(',')}">
<h2 id="keys-title">Keys</h2>
<dl class="keys">${rows.map(([key, what]) => html`<dt>${key.split(' ').map(one => html`<kbd>${one}</kbd> `)}</dt><dd>${what}</dd>`)}</dl>
<form method="dialog"><button>Close</button></form>
</dialog>`
}
