import { type Html, html } from '../../core/html.ts'

/** A target's name, with the folder of its night (`results/2026-11-22/`) held back: all of them have it. */
export function targetName(name: string, date: string): Html | string {
  const mark = `/${date}/`
  const at = name.indexOf(mark)
  if (at === -1) return name
  const cut = at + mark.length
  return html`<span class="folder">${name.slice(0, cut)}</span>${name.slice(cut)}`
}
