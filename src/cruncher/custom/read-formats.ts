import { type ConfigSource, parseConfig } from '../../core/config-file.ts'
import { GENERIC, LIKELY, type LogFormat, SURE, type Sureness } from '../format.ts'
import type { MemberFormat } from '../members/member-format.ts'
import { LEVELS } from '../record.ts'
import { type CustomFormat, formatsConfig } from './config.ts'
import { FieldPlan } from './field-plan.ts'
import { expandGrok, type ValueType } from './grok.ts'
import { compileLinear } from './linear-regex.ts'
import { preparePattern } from './pattern-source.ts'
import { claimByRegex } from './regex-claim.ts'
import { claimByColumns } from './separator-claim.ts'

/** What a file of formats declares, in its order: formats with a claim of their own, and JSON mappings. */
export interface CustomFormats {
  readonly lines: readonly LogFormat[]
  readonly members: readonly MemberFormat[]
}

type Ways = 'regex' | 'grok' | 'json' | 'separator'
const WAYS: readonly Ways[] = ['regex', 'grok', 'json', 'separator']

/**
 * Reads a YAML file of formats; docs/crunch-config.md describes it. Regular expressions are compiled so that
 * no line can keep them busy for ever. All that is wrong is reported at once, as `file:line:column: what`.
 * @throws FerryError CONFIG_INVALID
 */
export function readFormats(source: ConfigSource): CustomFormats {
  const schema = formatsConfig.transform((config, context) => {
    const lines: LogFormat[] = []
    const members: MemberFormat[] = []
    const patterns = new Map(Object.entries(config.patterns))
    for (const [name, format] of Object.entries(config.formats)) {
      const refuse = (key: keyof CustomFormat | undefined, message: string): void => {
        const path = ['formats', name, ...(key === undefined ? [] : [key])]
        context.addIssue({ code: 'custom', path, message })
      }
      const way = onlyWay(format, refuse)
      if (way === undefined) continue
      if (way === 'json') {
        const mapping = jsonMapping(name, format, refuse)
        if (mapping !== undefined) members.push(mapping)
        continue
      }
      const claim = claimOf(way, format, patterns, refuse)
      if (claim !== undefined) lines.push({ ...describe(name, format, way), claim })
    }
    return { lines, members }
  })
  return parseConfig(source, schema)
}

type Refuse = (key: keyof CustomFormat | undefined, message: string) => void

function onlyWay(format: CustomFormat, refuse: Refuse): Ways | undefined {
  const given = WAYS.filter(way => format[way] !== undefined)
  if (given.length === 1) return given[0]
  refuse(given[1], `it must have one of ${WAYS.join(', ')}, and only one`)
  return undefined
}

const SURENESS: Readonly<Record<string, Sureness>> = {
  sure: SURE,
  likely: LIKELY,
  generic: GENERIC,
}

function describe(name: string, format: CustomFormat, way: Ways): Omit<LogFormat, 'claim'> {
  const { title = name, starts, multiline, envelope, samples } = format
  return {
    name,
    title,
    // Many lines have as many commas: columns yield to what knows more of a line.
    sureness: SURENESS[format.sureness ?? (way === 'separator' ? 'likely' : 'sure')] ?? SURE,
    ...(starts === undefined ? {} : { starts }),
    multiline,
    envelope,
    samples,
  }
}

function levelNumbers(format: CustomFormat): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(format.levels).map(([word, level]) => [word, LEVELS.indexOf(level)]),
  )
}

function jsonMapping(name: string, format: CustomFormat, refuse: Refuse): MemberFormat | undefined {
  const { required = [], where = {} } = format.json ?? {}
  if (required.length === 0 && Object.keys(where).length === 0) {
    refuse('json', 'it must say by what it is known: `required` or `where`')
    return undefined
  }
  const { starts: _, ...described } = describe(name, format, 'json')
  const levelWords = levelNumbers(format)
  return {
    ...described,
    has: [...new Set([...required, ...Object.keys(where)])],
    values: where,
    fields: format.fields,
    ...(levelWords.size === 0 ? {} : { levelWords }),
  }
}

function claimOf(
  way: Exclude<Ways, 'json'>,
  format: CustomFormat,
  patterns: ReadonlyMap<string, string>,
  refuse: Refuse,
): LogFormat['claim'] | undefined {
  if (way === 'separator') return columnsClaim(format, refuse)
  try {
    const text = format[way] ?? ''
    const { pattern, types } =
      way === 'grok' ? expandGrok(text, patterns) : { pattern: text, types: {} }
    const { source, names } = preparePattern(pattern, format.ignore_case)
    const regex = compileLinear(source)
    if (names.length === 0) {
      refuse(way, 'it names nothing that it finds: write (?<message>...) or %{DATA:message}')
      return undefined
    }
    return claimByRegex(regex, planOf(format, names, types, refuse))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    refuse(way, error.message.replace(/^Invalid regular expression: .*: /s, ''))
    return undefined
  }
}

const REST = '...'

function columnsClaim(format: CustomFormat, refuse: Refuse): LogFormat['claim'] | undefined {
  const { separator = '', columns } = format
  if (columns === undefined || columns.length < 2) {
    refuse('separator', 'it must have two `columns` at least')
    return undefined
  }
  const last = columns.at(-1) ?? ''
  const lastTakesRest = last.endsWith(REST)
  const names = lastTakesRest ? [...columns.slice(0, -1), last.slice(0, -REST.length)] : columns
  const plan = planOf(format, names, {}, refuse)
  return claimByColumns({ separator, count: names.length, lastTakesRest }, plan)
}

function planOf(
  format: CustomFormat,
  names: readonly string[],
  types: Readonly<Record<string, ValueType>>,
  refuse: Refuse,
): FieldPlan {
  for (const key of ['fields', 'types'] as const) {
    for (const name of Object.keys(format[key])) {
      if (!names.includes(name)) refuse(key, `nothing in it is named \`${name}\``)
    }
  }
  const fields = { ...format.fields, ...(names.includes('-') ? { '-': 'drop' as const } : {}) }
  return new FieldPlan({
    names,
    fields,
    types: { ...types, ...format.types },
    levels: levelNumbers(format),
  })
}
