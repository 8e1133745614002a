import type { RouteRule } from '../../../src/cruncher/routes/route-rule.ts'

/** A request as strings of latin1 characters; '' for what is absent. */
export interface NaiveRequest {
  readonly method: string
  readonly path: string
  readonly host: string
}

/**
 * The name of a request's route as the documentation says it, in the plainest way: all rules that take
 * it, and of these the best.
 */
export function naiveRoute(rules: readonly RouteRule[], request: NaiveRequest): string | undefined {
  const segments = segmentsOf(request.path)
  const host = hostOf(request)
  return rules
    .filter(
      rule => rule.methods.length === 0 || rule.methods.includes(request.method.toUpperCase()),
    )
    .filter(rule => takesHost(rule, host) && takesPath(rule, segments))
    .toSorted((a, b) => compare(rankOf(a), rankOf(b)))[0]?.name
}

function segmentsOf(path: string): string[] {
  const [before = ''] = path.replace(/^[a-z0-9+]{1,12}:\/\/[^/?#]*/i, '').split(/[?#]/)
  return before
    .split('/')
    .map(segment =>
      segment.replace(/;.*/s, '').replace(/%([0-9a-f]{2})|%/gi, (_, hex: string | undefined) => {
        const character = hex === undefined ? '%' : String.fromCharCode(Number.parseInt(hex, 16))
        return '/?#%;'.includes(character)
          ? `%${character.charCodeAt(0).toString(16).toUpperCase()}`
          : character
      }),
    )
    .filter(segment => segment !== '')
}

function hostOf({ host, path }: NaiveRequest): string {
  const [, ofUrl = ''] = /^[a-z0-9+]{1,12}:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(path) ?? []
  return (host === '' ? ofUrl : host)
    .replace(/:\d*$/, '')
    .replace(/\.$/, '')
    .replace(/[A-Z]/g, letter => letter.toLowerCase())
}

function takesHost(rule: RouteRule, host: string): boolean {
  if (rule.host === undefined) return true
  if (!rule.host.startsWith('*')) return rule.host === host
  return host.endsWith(rule.host.slice(1)) && host.length >= rule.host.length
}

function takesPath({ segments, rest }: RouteRule, path: readonly string[]): boolean {
  const more = path.length - segments.length
  if (more < (rest === 'some' ? 1 : 0) || (rest === 'none' && more > 0)) return false
  return segments.every(({ texts }, at) => {
    const pattern = texts.map(text =>
      text.replace(/[^\w]/g, c => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`),
    )
    return new RegExp(`^${pattern.join('.+')}$`, 's').test(path[at] ?? '')
  })
}

type Rank = readonly (number | string)[]

/** Less is better. */
function rankOf({ host, segments, rest, methods }: RouteRule): Rank {
  const ofHost = host === undefined ? [2, 0] : host.startsWith('*') ? [1, -host.length] : [0, 0]
  const ofPath = segments.flatMap(({ texts }): Rank => {
    if (texts.length === 1) return [0, 0, 0, '']
    if (texts.length === 2 && texts.join('') === '') return [2, 0, 0, '']
    return [1, -texts.join('').length, texts.length, texts.join('\0')]
  })
  return [...ofHost, ...ofPath, { none: 3, some: 4, any: 5 }[rest], methods.length === 0 ? 1 : 0]
}

function compare(a: Rank, b: Rank): number {
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}
