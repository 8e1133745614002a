import { type Html, html } from '../../core/html.ts'
import { TARGET_STATES, type Night } from '../nights/night.ts'
import { count } from './numbers.ts'

/** The states of a night's targets as shares of one bar, with their numbers below. */
export function stateBar({ counts, wanted }: Pick<Night, 'counts' | 'wanted'>): Html | undefined {
  if (wanted === 0) return undefined
  let left = 0
  const order = ['done', 'running', 'waiting', 'not reached', 'failed'] as const
  const parts = order.map(state => {
    const width = (counts[state] / wanted) * 100
    const part = html`<rect class="${className(state)}" x="${percent(left)}" y="0" width="${percent(width)}" height="100%"/>`
    left += width
    return width === 0 ? undefined : part
  })
  const legend = [...TARGET_STATES]
    .reverse()
    .flatMap(state =>
      counts[state] === 0
        ? []
        : html`<li class="${className(state)}"><span class="swatch" aria-hidden="true"></span>${count(counts[state])} ${state}</li>`,
    )
  return html`<div class="states"><svg class="statebar" width="100%" height="10" aria-hidden="true">${parts}</svg><ul class="legend">${legend}</ul></div>`
}

const percent = (value: number): string => `${Math.round(value * 1000) / 1000}%`

/** A state as the name of a class. */
export const className = (state: string): string => state.replace(' ', '-')
