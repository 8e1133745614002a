import { ESCAPED, type LogRecord } from '../record.ts'
import { type Action, type Replace, replacementOf } from './replace.ts'

const PREFIX = 'attributes.'

interface Rule {
  readonly name: string
  readonly bytes: Buffer
  readonly replace: Replace
}

/** What stands for the whole values of attributes of certain names. */
export class AttributeRules {
  readonly #rules: readonly Rule[]

  constructor(fields: Readonly<Record<string, Action>>, key: string | undefined) {
    this.#rules = Object.entries(fields)
      .filter(([field]) => field.startsWith(PREFIX))
      .map(([field, action]) => {
        const name = field.slice(PREFIX.length)
        return { name, bytes: Buffer.from(name), replace: replacementOf(action, 'value', key) }
      })
  }

  get count(): number {
    return this.#rules.length
  }

  find(record: LogRecord, at: number): Replace | undefined {
    for (const rule of this.#rules) if (isNamed(record, at, rule)) return rule.replace
    return undefined
  }
}

function isNamed(record: LogRecord, at: number, { name, bytes: wanted }: Rule): boolean {
  if (record.nameKind[at] === ESCAPED) return record.attributeName(at) === name
  const from = record.nameFrom[at] ?? 0
  if ((record.nameTo[at] ?? 0) - from !== wanted.length) return false
  const bytes = record.buffers[record.nameSource[at] ?? 0]
  for (let k = 0; k < wanted.length; k++) if (bytes?.[from + k] !== wanted[k]) return false
  return true
}
