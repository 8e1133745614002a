import type { Coverage } from './coverage.ts'
import { grouped as number } from './grouped-number.ts'

const MAX_ROUTES = 40
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** For people: what is known, then what is not. */
export function coverageText({ lines, formats, routes, unknown }: Coverage): string {
  const text = [`${number(lines)} lines`, '']
  for (const [name, share] of Object.entries(formats)) {
    text.push(`${percent(share.share).padStart(8)}  ${name} (${number(share.lines)})`)
  }
  text.push(`${percent(unknown.share).padStart(8)}  unknown (${number(unknown.lines)})`)
  const named = Object.entries(routes)
  if (named.length > 0) {
    const listed = named.reduce((sum, [, share]) => sum + (share.listed ? share.share : 0), 0)
    text.push('', `routes: ${percent(listed)} of the requests are named by a rule`)
    for (const [name, share] of named.slice(0, MAX_ROUTES)) {
      const rule = share.listed ? '' : ', no rule'
      text.push(`${percent(share.share).padStart(8)}  ${name} (${number(share.lines)}${rule})`)
    }
    if (named.length > MAX_ROUTES) text.push(`          and ${named.length - MAX_ROUTES} more`)
  }
  if (unknown.examples.length > 0) {
    text.push('', 'unknown lines, for example:', ...unknown.examples.map(line => `  ${line}`))
  }
  return `${text.join('\n')}\n`
}
