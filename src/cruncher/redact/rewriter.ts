import { compileLinear } from '../custom/linear-regex.ts'
import { preparePattern } from '../custom/pattern-source.ts'
import type { RedactionConfig } from './config.ts'
import { Finder, KINDS, NOTHING, TOKEN } from './finder.ts'
import type { OutputBytes } from './output-bytes.ts'
import { type Replace, replacementOf } from './replace.ts'
import { Scan } from './scan.ts'

interface OwnPattern {
  readonly regex: RegExp
  readonly replace: Replace
}

/** Replaces what is found in a text. */
export class Rewriter {
  readonly finder: Finder
  readonly #scan = new Scan()
  /** By the number of the kind. */
  readonly #replace: readonly Replace[]
  readonly #own: readonly OwnPattern[]

  constructor(config: RedactionConfig) {
    const { key } = config
    this.finder = new Finder(new Set(KINDS.filter(kind => config[kind] !== undefined)))
    this.#replace = [
      replacementOf('mask', '', key),
      ...KINDS.map(kind => replacementOf(config[kind] ?? 'mask', kind, key)),
    ]
    this.#own = Object.entries(config.patterns).map(([name, { regex, action }]) => ({
      regex: new RegExp(compileLinear(preparePattern(regex, false).source), 'gs'),
      replace: replacementOf(action, name, key),
    }))
  }

  /** Whether there is something to replace; of JSON as it stands (`isRaw`), whether there may be. */
  finds(bytes: Buffer, from: number, to: number, isRaw: boolean): boolean {
    this.#scan.set(bytes, from, to, isRaw)
    if (this.finder.next(this.#scan, from) !== NOTHING) return true
    if (this.#own.length === 0) return false
    if (isRaw) return true
    const text = bytes.toString('utf8', from, to)
    return this.#own.some(({ regex }) => {
      regex.lastIndex = 0
      return regex.test(text)
    })
  }

  /** Writes the text with all that is found replaced. */
  rewrite(bytes: Buffer, from: number, to: number, out: OutputBytes): void {
    const start = out.length
    this.#rewriteFinds(bytes, from, to, out)
    if (this.#own.length === 0) return
    let text = out.bytes.toString('utf8', start, out.length)
    for (const { regex, replace } of this.#own) {
      text = text.replace(regex, found => {
        const made = Buffer.from(found)
        return found === '' ? '' : Buffer.from(replace(made, 0, made.length)).toString()
      })
    }
    out.length = start
    out.writeText(text)
  }

  /** Makes what stands for the value of a name that is a secret's. */
  get secret(): Replace | undefined {
    return this.#replace[TOKEN]
  }

  #rewriteFinds(bytes: Buffer, from: number, to: number, out: OutputBytes): void {
    const scan = this.#scan
    scan.set(bytes, from, to)
    let at = from
    for (;;) {
      const kind = this.finder.next(scan, at)
      if (kind === NOTHING) break
      const { foundFrom, foundTo } = scan
      out.write(bytes, at, foundFrom)
      const made = this.#replace[kind]?.(bytes, foundFrom, foundTo)
      if (made !== undefined) out.write(made)
      at = foundTo
      scan.floor = foundTo
    }
    out.write(bytes, at, to)
  }
}
