import { FerryError } from '../core/errors.ts'

/**
 * What GNU make cannot hold in the name of an explicit target, however it is escaped (tried with
 * 4.3): blanks other than spaces inside, the signs of other syntax, and patterns that the shell or
 * make would expand.
 */
const IMPOSSIBLE: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty'],
  // oxlint-disable-next-line no-control-regex
  [/[\x00-\x1f\x7f]/, 'it holds a control character'],
  [/ $/, 'it ends with a space'],
  [/[;=|]/, 'it holds `;`, `=` or `|`'],
  [/[*?[\]]/, 'it holds a wildcard'],
  [/^~/, 'it begins with `~`'],
  [/\\$|\\%/, 'it holds a backslash before its end or before `%`'],
  [/&$/, 'it ends with `&`'],
  [/\(.*\)$/, 'it looks like a member of an archive'],
]

/** A `$(NAME)` that make shall expand; every other `$` is itself. */
const VARIABLE = /(\$\([A-Z][A-Z0-9_]*\))/

/** A name on the left of the colon. `$(NAME)` stays. @throws FerryError CONFIG_INVALID */
export function escapeTarget(name: string): string {
  return escapeName(name).replaceAll('%', String.raw`\%`)
}

/** A name on the right of the colon. `$(NAME)` stays. @throws FerryError CONFIG_INVALID */
export function escapePrerequisite(name: string): string {
  return escapeName(name)
}

/** The right side of `NAME := value`. @throws FerryError CONFIG_INVALID */
export function escapeValue(value: string): string {
  if (/[\n\r]|\\$|^\s|\s$/.test(value)) {
    throw new FerryError('CONFIG_INVALID', `make cannot hold the value \`${value}\``, {
      hint: 'it may not begin or end with a blank, end with a backslash, or have several lines',
    })
  }
  return escapeHash(value).replaceAll('$', '$$$$')
}

function escapeName(name: string): string {
  return name
    .split(VARIABLE)
    .map((part, index) => (index % 2 === 1 ? part : escapeLiteral(part, name)))
    .join('')
}

function escapeLiteral(part: string, name: string): string {
  const isWhole = part === name
  for (const [pattern, reason] of IMPOSSIBLE) {
    if (part === '' && !isWhole) continue
    if (pattern.test(part)) {
      throw new FerryError('CONFIG_INVALID', `make cannot hold the name \`${name}\`: ${reason}`, {
        hint: 'choose another name for the file',
      })
    }
  }
  return escapeHash(part)
    .replace(/(\\*)([: ])/g, String.raw`$1$1\$2`)
    .replaceAll('$', '$$$$')
}

const escapeHash = (text: string): string => text.replace(/(\\*)#/g, String.raw`$1$1\#`)
