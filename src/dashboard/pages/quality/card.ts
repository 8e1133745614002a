import { type Html, html } from '../../../core/html.ts'

/** A table that scrolls by itself, also by keyboard. */
export function card(title: string, table: Html): Html {
  return html`<section class="card"><h2>${title}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}">${table}</div></section>`
}
