import { type Html, html } from '../../../core/html.ts'
import type { ModelSource } from '../../kpi-source.ts'
import type { Mask } from '../../mask.ts'
import { counted } from '../../show/numbers.ts'
import { shorten } from '../../show/shorten.ts'
import type { LatestResult } from './latest-results.ts'

const MESSAGE_SHOWN = 600

/** What stands on a number itself: from where, of which night, how good, whose. */
export interface Trust {
  readonly night: string
  readonly isTonight: boolean
  /** Why the night that is looked at has no number of its own; null when it has. */
  readonly failure: string | null
  readonly sources: readonly string[]
  readonly checks: number
  readonly failedChecks: readonly { readonly name: string; readonly found: string }[]
  readonly owner: string | null
  readonly finishedAt: string
}

export function trustOf(
  { receipt, failure, isTonight }: LatestResult,
  source: ModelSource | undefined,
  mask: Mask,
): Trust {
  const failing = receipt.checks.filter(({ passed }) => !passed)
  return {
    night: receipt.date,
    isTonight,
    failure: isTonight
      ? null
      : shorten(mask(failure?.error.message ?? 'it was not made'), MESSAGE_SHOWN),
    sources: source?.reads ?? [],
    checks: receipt.checks.length,
    failedChecks: failing.map(({ name, found }) => ({
      name,
      found: shorten(mask(found), MESSAGE_SHOWN),
    })),
    owner: receipt.owner,
    finishedAt: receipt.finished_at,
  }
}

export function trustLine(trust: Trust): Html {
  const { night, isTonight, sources, checks, failedChecks, owner } = trust
  const failed = failedChecks.length
  const said =
    checks === 0
      ? 'no checks'
      : failed === 0
        ? `${counted(checks, 'check')} passed`
        : `${failed} of ${counted(checks, 'check')} failed`
  const shown = sources.slice(0, 4).join(', ') + (sources.length > 4 ? ', ...' : '')
  return html`<p class="trust"><span class="sign ${isTonight && failed === 0 ? 'done' : 'waiting'}" aria-hidden="true">${isTonight && failed === 0 ? '✓' : '!'}</span> Night of ${night}${!isTonight && ' (not the one asked for)'} · ${said}${shown !== '' && html` · from <span class="target">${shown}</span>`}${owner !== null && ` · ${owner}`}</p>`
}

/** A number that is not of the night says so, and why. */
export function staleNotice({ night, isTonight, failure }: Trust, date: string): Html | undefined {
  if (isTonight || failure === null) return undefined
  const stop = /[.!?]$/.test(failure) ? '' : '.'
  return html`<p class="notice bad" role="status">There is no number of ${date}: ${failure}${stop} These are of ${night}.</p>`
}
