import { html } from '../../core/html.ts'
import type { Dashboard } from '../dashboard.ts'
import type { NightStateName } from '../nights/night.ts'
import type { WebApp } from '../page.ts'

const COLOURS: Readonly<Record<NightStateName | 'none', string>> = {
  made: '#2c7a54',
  failed: '#b3362b',
  stopped: '#b3362b',
  running: '#2467a8',
  waiting: '#86650f',
  none: '#6b6f77',
}
const LETTER = 6.6

/** `/badge.svg`: the newest night, for a README or a wall. */
export function badge(app: WebApp, { nights, index }: Dashboard): void {
  app.get('/badge.svg', async context => {
    const [newest] = await nights.dates()
    const state = newest === undefined ? 'none' : (await index.summary(newest)).state
    const label = newest === undefined ? 'night' : `night ${newest}`
    const [left, right] = [label.length * LETTER + 14, state.length * LETTER + 14]
    context.header('content-type', 'image/svg+xml')
    context.header('cache-control', 'no-cache')
    return context.body(
      html`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${state}"><clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="${left}" height="20" fill="#3d444b"/><rect x="${left}" width="${right}" height="20" fill="${COLOURS[state]}"/></g><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"><text x="${left / 2}" y="14">${label}</text><text x="${left + right / 2}" y="14">${state}</text></g></svg>`
        .text,
    )
  })
}
