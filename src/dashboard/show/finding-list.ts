import { type Html, html } from '../../core/html.ts'
import type { Finding } from '../../formats/quality.ts'

/** What was found in the data of a night, an item each. */
export function findingList(all: readonly Finding[]): Html {
  const items = all.map(
    ({ severity, about, found }) =>
      html`<li class="${severity}"><span class="sign" aria-hidden="true">${severity === 'error' ? '✗' : '!'}</span> <span class="target">${about}</span> <span>${found}</span><span class="visually-hidden"> (${severity})</span></li>`,
  )
  return html`<ul class="plain-list findings">${items}</ul>`
}
