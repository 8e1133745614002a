import { nearestName } from '../../core/nearest.ts'
import { GROK_PATTERNS } from './grok-patterns.ts'

/** Kinds of values that a pattern may ask for, of what becomes an attribute. */
export type ValueType = 'text' | 'int' | 'float'

export interface ExpandedGrok {
  /** A regular expression in which fields are named captures. */
  readonly pattern: string
  /** Of fields that named a type. */
  readonly types: Readonly<Record<string, ValueType>>
}

/** `%{NAME}`, `%{NAME:field}`, `%{NAME:field:type}`; a field may be `http.status` or `[http][status]`. */
const REFERENCE = /%\{(\w+)(?::([\w@.[\]-]+))?(?::(\w+))?\}/g
/** No set of names that means something lies deeper; one that contains itself does. */
const MAX_DEPTH = 20
const MAX_LENGTH = 50_000

const TYPES: Readonly<Record<string, ValueType>> = {
  int: 'int',
  long: 'int',
  float: 'float',
  double: 'float',
  string: 'text',
}

/**
 * Puts what names stand for in their place. Names of `own` come before the standard ones.
 * @throws SyntaxError for an unknown name or type, and for names that contain themselves
 */
export function expandGrok(grok: string, own: ReadonlyMap<string, string>): ExpandedGrok {
  const types: Record<string, ValueType> = {}
  const expand = (text: string, depth: number): string => {
    if (depth > MAX_DEPTH) throw new SyntaxError('its names contain themselves')
    const whole = text.replace(REFERENCE, (_, name: string, field?: string, type?: string) => {
      const found = own.get(name) ?? GROK_PATTERNS.get(name)
      if (found === undefined) throw new SyntaxError(unknownName(name, own))
      const inner = expand(found, depth + 1)
      if (field === undefined) return `(?:${inner})`
      const path = field.replace(/^\[|\]$/g, '').replaceAll('][', '.')
      if (type !== undefined) {
        const known = TYPES[type]
        if (known === undefined) throw new SyntaxError(`\`${type}\` is no type: int, float`)
        types[path] = known
      }
      return `(?<${path}>${inner})`
    })
    if (whole.length > MAX_LENGTH) throw new SyntaxError('it is too long when it is written out')
    return whole
  }
  return { pattern: expand(grok, 1), types }
}

function unknownName(name: string, own: ReadonlyMap<string, string>): string {
  const near = nearestName(name, [...own.keys(), ...GROK_PATTERNS.keys()])
  const hint = near === undefined ? '' : `; did you mean \`${near}\`?`
  return `\`${name}\` is no grok pattern${hint}`
}
