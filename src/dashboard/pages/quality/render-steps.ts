import { type Html, html } from '../../../core/html.ts'
import type { QualityStep } from '../../../formats/quality.ts'
import { count } from '../../show/numbers.ts'
import { card } from './card.ts'
import { STEP_TITLES } from './step-titles.ts'

/** Sources beyond these are in the JSON only. */
const MOST_SOURCES = 300

/** What became of the rows of each step, and of each source of a step that has many. */
export function renderSteps(steps: readonly QualityStep[]): Html | undefined {
  if (steps.length === 0) return undefined
  const lines = steps.map(
    ({ step, name, rows, sources }) =>
      html`<tr><td>${STEP_TITLES[step] ?? step}</td><th scope="row" class="target">${name}</th>${cells(rows)}</tr>${sourceLines(sources ?? [])}`,
  )
  return card(
    'In = out + filtered + rejected',
    html`<table><thead><tr><th scope="col">Step</th><th scope="col">Source</th><th scope="col" class="number">In</th><th scope="col" class="number">Out</th><th scope="col" class="number">Filtered</th><th scope="col" class="number">Rejected</th></tr></thead><tbody>${lines}</tbody></table>`,
  )
}

/** Those of which something was rejected first, then by what came in. */
function sourceLines(sources: NonNullable<QualityStep['sources']>): Html {
  const order = sources.toSorted(
    (a, b) => b.rows.rejected - a.rows.rejected || b.rows.in - a.rows.in,
  )
  const lines = order
    .slice(0, MOST_SOURCES)
    .map(
      ({ name, rows }) =>
        html`<tr class="part"><td></td><th scope="row" class="target">${name}</th>${cells(rows)}</tr>`,
    )
  const more = sources.length - MOST_SOURCES
  return html`${lines}${more > 0 && html`<tr class="part"><td></td><td colspan="5" class="quiet">and ${count(more)} more, with fewer lines</td></tr>`}`
}

function cells({ in: taken, out, filtered, rejected }: QualityStep['rows']): Html {
  return html`<td class="number">${count(taken)}</td><td class="number">${count(out)}</td><td class="number">${count(filtered)}</td><td class="number${rejected > 0 ? ' unusual' : ''}">${count(rejected)}</td>`
}
