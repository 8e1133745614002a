import { type Html, html } from '../../core/html.ts'
import { formatDuration } from '../../core/units.ts'
import type { Dashboard } from '../dashboard.ts'
import type { NightSummary } from '../nights/night.ts'
import type { WebApp } from '../page.ts'
import { counted } from '../show/numbers.ts'

const NIGHTS = 30

/** `/feed.xml`: the nights as RSS 2.0. A night that runs is not in it: readers take an item once. */
export function feed(app: WebApp, dashboard: Dashboard): void {
  const { nights, index, name, config } = dashboard
  app.get('/feed.xml', async context => {
    const home = config.url ?? new URL(context.req.url).origin
    const items: Html[] = []
    for (const date of (await nights.dates()).slice(0, NIGHTS)) {
      const summary = await index.summary(date)
      const isOver = summary.state !== 'running' && summary.state !== 'waiting'
      if (isOver && summary.commands > 0)
        items.push(item(summary, new URL(`/?date=${date}`, home).href))
    }
    const text = html`<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Nights of ${name}</title><link>${home}</link><description>What each night came to</description>
${items}</channel></rss>
`.text
    context.header('content-type', 'application/rss+xml; charset=utf-8')
    return context.body(withoutControls(text))
  })
}

function item(summary: NightSummary, link: string): Html {
  const { date, state, counts, wanted, startedAt, finishedAt, failed } = summary
  const took =
    startedAt === undefined || finishedAt === undefined
      ? ''
      : `, ${formatDuration(finishedAt - startedAt)}`
  const missed = counts['not reached'] > 0 ? `, ${counts['not reached']} not reached` : ''
  const title = `${date} ${state}: ${counts.done} of ${counted(wanted, 'target')} done, ${counts.failed} failed${missed}${took}`
  const names = failed.length === 0 ? 'Nothing failed.' : `Failed: ${failed.join(', ')}`
  return html`<item><title>${title}</title><link>${link}</link><guid isPermaLink="false">${date} ${state} ${counts.done}</guid>${finishedAt !== undefined && html`<pubDate>${new Date(finishedAt).toUTCString()}</pubDate>`}<description>${names}</description></item>
`
}

/** XML has no place for them, escaped or not; lone surrogates (bytes that are no text) neither. */
const withoutControls = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '').toWellFormed()
