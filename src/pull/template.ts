import { FerryError } from '../core/errors.ts'

export type TemplateValues = ReadonlyMap<string, string | undefined>

const PLACE = /\{([A-Za-z_][\w.-]*)\}/g

/**
 * A text with `{name}` in the place of values. Undefined when a value is missing: a parameter of which
 * there is nothing to say yet (`{cursor}` of the first page, `{since}` of the first night) is left out.
 * `escape` is done to values, not to the text around them. @throws FerryError CONFIG_INVALID for a name that nobody knows
 */
export function fillIn(
  text: string,
  values: TemplateValues,
  escape: (value: string) => string = value => value,
): string | undefined {
  let isWhole = true
  const filled = text.replaceAll(PLACE, (_, name: string) => {
    if (!values.has(name)) {
      throw new FerryError('CONFIG_INVALID', `\`{${name}}\` in \`${text}\` stands for nothing`, {
        hint: `there are: ${[...values.keys()].map(known => `{${known}}`).join(', ')}`,
      })
    }
    const value = values.get(name)
    if (value === undefined) isWhole = false
    return value === undefined ? '' : escape(value)
  })
  return isWhole ? filled : undefined
}

export function mentions(text: string, name: string): boolean {
  return text.includes(`{${name}}`)
}

/** All texts of a JSON value filled in; members and elements of which nothing can be said are left out. */
export function fillInJson(value: unknown, values: TemplateValues): unknown {
  if (typeof value === 'string') return fillIn(value, values)
  if (Array.isArray(value)) {
    return value.map(one => fillInJson(one, values)).filter(one => one !== undefined)
  }
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, one]) => [name, fillInJson(one, values)])
  return Object.fromEntries(members.filter(([, one]) => one !== undefined))
}

/** `{date}`, `{year}`, `{month}`, `{day}` of the night. */
export function dateValues(date: string): Map<string, string | undefined> {
  const [year, month, day] = date.split('-')
  return new Map([
    ['date', date],
    ['year', year],
    ['month', month],
    ['day', day],
  ])
}
