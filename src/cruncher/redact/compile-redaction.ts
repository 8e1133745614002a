import {
  ABSENT,
  ESCAPED,
  JSON_VALUE,
  type LogRecord,
  METHOD,
  PLAIN,
  TEXT_FIELDS,
  USER_AGENT,
} from '../record.ts'
import { AttributeRules } from './attribute-rules.ts'
import type { RedactionConfig } from './config.ts'
import { OutputBytes } from './output-bytes.ts'
import { readText, removeAttribute, setAttribute, setField } from './places.ts'
import { type Replace, replacementOf } from './replace.ts'
import { rewriteJson } from './rewrite-json.ts'
import { Rewriter } from './rewriter.ts'
import { isSecretName } from './secret-names.ts'

/**
 * Compiles what must not leave the house out of records: the whole of fields by name, and what is found in texts. A
 * record's new texts lie in bytes that the next call writes again, so a record must be used up before.
 * Undefined: nothing is to be redacted.
 */
export function compileRedaction(
  config: RedactionConfig,
): ((record: LogRecord) => void) | undefined {
  const redactor = new Redactor(config)
  return redactor.isIdle ? undefined : record => redactor.redact(record)
}

class Redactor {
  /** By field: what stands for the whole of it. */
  readonly #fields: readonly (Replace | undefined)[]
  readonly #attributes: AttributeRules
  readonly #rewriter: Rewriter
  readonly #findsIp: boolean
  readonly #findsAny: boolean
  readonly #hidesSecrets: boolean
  readonly #out = new OutputBytes()
  /** The number that `#out` will have among the buffers of the record. */
  #outSource = 0

  constructor(config: RedactionConfig) {
    const { fields, key, email, ip, token, card, patterns } = config
    this.#fields = TEXT_FIELDS.map(name => {
      const action = fields[name]
      return action === undefined ? undefined : replacementOf(action, 'value', key)
    })
    this.#attributes = new AttributeRules(fields, key)
    this.#rewriter = new Rewriter(config)
    this.#findsIp = ip !== undefined
    this.#hidesSecrets = token !== undefined
    const finds = [email, ip, token, card].some(action => action !== undefined)
    this.#findsAny = finds || Object.keys(patterns).length > 0
  }

  get isIdle(): boolean {
    const hasRules = this.#attributes.count > 0 || this.#fields.some(rule => rule !== undefined)
    return !this.#findsAny && !hasRules
  }

  redact(record: LogRecord): void {
    this.#out.length = 0
    this.#outSource = record.buffers.length
    for (let field = 0; field < TEXT_FIELDS.length; field++) {
      if (record.kind[field] !== ABSENT) this.#redactField(record, field)
    }
    this.#rewriter.finder.findsIp = this.#findsIp
    for (let at = 0; at < record.attributes; at++) {
      if (!this.#redactAttribute(record, at)) removeAttribute(record, at--)
    }
    if (this.#out.length > 0) record.addBuffer(this.#out.bytes)
  }

  #redactField(record: LogRecord, field: number): void {
    const bytes = record.buffers[record.source[field] ?? 0]
    const replace = this.#fields[field]
    if (bytes === undefined || (replace === undefined && (!this.#findsAny || field === METHOD))) {
      return
    }
    const from = record.from[field] ?? 0
    const to = record.to[field] ?? 0
    const isEscaped = record.kind[field] === ESCAPED
    if (replace !== undefined) {
      this.#replaceWhole(replace, isEscaped ? readText(bytes, from, to) : { bytes, from, to })
      setField(record, field, this.#outSource, this.#made)
      return
    }
    // A browser's version looks like an address.
    this.#rewriter.finder.findsIp = this.#findsIp && field !== USER_AGENT
    if (!this.#rewriter.finds(bytes, from, to, isEscaped)) return
    const text = isEscaped ? readText(bytes, from, to) : { bytes, from, to }
    this.#begin()
    this.#rewriter.rewrite(text.bytes, text.from, text.to, this.#out)
    setField(record, field, this.#outSource, this.#made)
  }

  /** False: the attribute is to be taken away. */
  #redactAttribute(record: LogRecord, at: number): boolean {
    const bytes = record.buffers[record.valueSource[at] ?? 0]
    if (bytes === undefined) return true
    const rule = this.#ruleOf(record, at)
    if (rule === undefined && !this.#findsAny) return true
    const from = record.valueFrom[at] ?? 0
    const to = record.valueTo[at] ?? 0
    const kind = record.valueKind[at]
    const isNull = kind === JSON_VALUE && bytes[from] === 0x6e
    if (isNull || from === to) return true
    const value = kind === ESCAPED ? readText : undefined
    if (rule !== undefined) {
      this.#replaceWhole(rule, value?.(bytes, from, to) ?? { bytes, from, to })
      setAttribute(record, at, this.#outSource, this.#made)
      return this.#made.to > this.#made.from
    }
    if (!this.#rewriter.finds(bytes, from, to, kind !== PLAIN)) return true
    this.#begin()
    if (kind === JSON_VALUE) return this.#rewriteJson(record, at, bytes, from)
    const text = value?.(bytes, from, to) ?? { bytes, from, to }
    this.#rewriter.rewrite(text.bytes, text.from, text.to, this.#out)
    setAttribute(record, at, this.#outSource, this.#made)
    return true
  }

  /** What is no object and no list, and had something in it, is a text from now on. */
  #rewriteJson(record: LogRecord, at: number, bytes: Buffer, from: number): boolean {
    const to = record.valueTo[at] ?? 0
    const isNested = bytes[from] === 0x7b || bytes[from] === 0x5b
    if (isNested) {
      const rewriting = {
        rewriter: this.#rewriter,
        hidesSecrets: this.#hidesSecrets,
        out: this.#out,
      }
      rewriteJson(rewriting, bytes, from, to)
    } else {
      this.#rewriter.rewrite(bytes, from, to, this.#out)
    }
    const kind = isNested ? JSON_VALUE : undefined
    setAttribute(record, at, this.#outSource, { ...this.#made, kind })
    return true
  }

  #ruleOf(record: LogRecord, at: number): Replace | undefined {
    const rule = this.#attributes.find(record, at)
    if (rule !== undefined || !this.#hidesSecrets || record.valueKind[at] === JSON_VALUE)
      return rule
    const bytes = record.buffers[record.nameSource[at] ?? 0]
    const from = record.nameFrom[at] ?? 0
    const isSecret = bytes !== undefined && isSecretName(bytes, from, record.nameTo[at] ?? 0)
    return isSecret ? this.#rewriter.secret : undefined
  }

  #madeFrom = 0

  #begin(): void {
    this.#madeFrom = this.#out.length
  }

  get #made(): { from: number; to: number } {
    return { from: this.#madeFrom, to: this.#out.length }
  }

  #replaceWhole(replace: Replace, text: { bytes: Buffer; from: number; to: number }): void {
    this.#begin()
    this.#out.write(replace(text.bytes, text.from, text.to))
  }
}
