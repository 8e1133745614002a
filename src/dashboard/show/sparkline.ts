import { type Html, html } from '../../core/html.ts'

const MARGIN = 1.5

/** The shape of some numbers over time, from nothing (or the least, below it) to the most; gaps are gaps. */
export function sparkline(
  values: readonly (number | null)[],
  { width, height }: { readonly width: number; readonly height: number },
): Html | undefined {
  const known = values.filter(value => value !== null)
  if (known.length < 3) return undefined
  const most = known.reduce((a, b) => Math.max(a, b), 0)
  const least = known.reduce((a, b) => Math.min(a, b), 0)
  const scale = (height - 2 * MARGIN) / (most - least || 1)
  const step = width / (values.length - 1)
  let path = ''
  let isDown = false
  for (const [at, value] of values.entries()) {
    if (value === null) isDown = false
    else {
      path += `${isDown ? 'L' : 'M'}${(at * step).toFixed(1)} ${(height - MARGIN - (value - least) * scale).toFixed(1)}`
      isDown = true
    }
  }
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true"><path d="${path}" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/></svg>`
}
