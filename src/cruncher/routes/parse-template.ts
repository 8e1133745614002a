import { CanonicalPath } from './canonical-path.ts'
import type { RouteRest, SegmentPattern } from './route-rule.ts'

/** `colons`: `/users/:id`, `/files/*`; `braces`: `/users/{id}`, where a colon or an asterisk is itself. */
export type TemplateStyle = 'colons' | 'braces'

export interface Template {
  readonly segments: readonly SegmentPattern[]
  readonly rest: RouteRest
}

const MOST_SEGMENTS = 64

/** A parameter of a segment, or a wildcard: `:id` and `*`, or `{id}`. */
const PARAMETERS = {
  colons: /:[A-Za-z_]\w*|\*/g,
  braces: /\{[^{}]*\}/g,
} as const

/** A last segment that takes all that follows; `{name*}` and its like are how gateways write it. */
const RESTS = {
  colons: /^(?:(\*\*)|\*\w*)$/,
  braces: /^(?:(\*\*)|\*|\{(?:[^{}]+(?:\+|\*|\.{3})|[+*]{1,2}[^{}]+)\})$/,
} as const

/** Takes a path template apart; a text says what is wrong with it. */
export function parseTemplate(template: string, style: TemplateStyle): Template | string {
  const pieces = splitOutsideBraces(template).filter(piece => piece !== '')
  if (pieces.length > MOST_SEGMENTS) return `has more than ${MOST_SEGMENTS} segments`
  const last = RESTS[style].exec(pieces.at(-1) ?? '')
  const rest = last === null ? 'none' : last[1] === undefined ? 'some' : 'any'
  if (last !== null) pieces.pop()
  const segments: SegmentPattern[] = []
  for (const piece of pieces) {
    if (style === 'colons' && piece.includes('**'))
      return '`**` stands at the end, as a segment of its own'
    const texts = piece.split(PARAMETERS[style])
    if (style === 'braces' && texts.some(text => /[{}]/.test(text)))
      return `has a brace without its other one in \`${piece}\``
    const segment = literalsOf(texts)
    if (segment !== undefined) segments.push({ texts: segment })
  }
  return { segments, rest }
}

/** The segments that a base path puts before a route's own; undefined: it is none. */
export function parseBasePath(text: string): readonly SegmentPattern[] | undefined {
  const base = parseTemplate(text, text.includes('{') ? 'braces' : 'colons')
  if (typeof base === 'string' || base.rest !== 'none' || /^[^/]|[?#]/.test(text)) return undefined
  return base.segments
}

/** A slash in braces is part of a name. */
function splitOutsideBraces(template: string): string[] {
  return template.match(/(?:\{[^{}]*\}|[^/])+/g) ?? []
}

/** As paths are read: escapes are undone, what follows `;` is left out. Undefined when nothing is left. */
function literalsOf(texts: readonly string[]): string[] | undefined {
  const literals: string[] = []
  const canonical = new CanonicalPath()
  for (const text of texts) {
    const bytes = Buffer.from(text)
    canonical.read(bytes, 0, bytes.length)
    literals.push(Buffer.from(canonical.bytes.subarray(1, canonical.length)).toString('latin1'))
    if (text.includes(';')) break
  }
  return literals.length === 1 && literals[0] === '' ? undefined : literals
}
