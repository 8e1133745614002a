import { ABSENT, ESCAPED, HTTP_HOST, type LogRecord, METHOD, PATH } from './record.ts'
import { LearnedTemplates } from './routes/learned-templates.ts'
import type { RouteTree } from './routes/route-tree.ts'

/** Templates that are learned from the paths of one input, beyond its rules. */
const MAX_TEMPLATES = 10_000
const BACKSLASH = 0x5c

/** A place in bytes, filled anew for each record. */
class Slice {
  bytes: Buffer = Buffer.alloc(0)
  from = 0
  to = 0

  /** The text of a field; what is absent is empty. */
  take(record: LogRecord, field: number): void {
    if (record.kind[field] === ABSENT) {
      this.to = this.from
      return
    }
    this.bytes = record.buffers[record.source[field] ?? 0] ?? this.bytes
    this.from = record.from[field] ?? 0
    this.to = record.to[field] ?? 0
    if (record.kind[field] === ESCAPED && hasBackslash(this.bytes, this.from, this.to)) {
      this.bytes = Buffer.from(record.text(field) ?? '')
      this.from = 0
      this.to = this.bytes.length
    }
  }
}

function hasBackslash(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === BACKSLASH) return true
  return false
}

/**
 * Gives records their routes: the rule that a request matches, else the template that its path has.
 * Numbers of routes are first those of the rules, then those of the templates, which are one input's.
 */
export class Classifier {
  readonly #tree: RouteTree
  readonly #names: string[]
  readonly #learned = new LearnedTemplates(MAX_TEMPLATES)
  readonly #method = new Slice()
  readonly #path = new Slice()
  readonly #host = new Slice()

  constructor(tree: RouteTree) {
    this.#tree = tree
    this.#names = [...tree.names]
  }

  classify(record: LogRecord): void {
    if (record.kind[PATH] === ABSENT) return
    this.#path.take(record, PATH)
    this.#method.take(record, METHOD)
    this.#host.take(record, HTTP_HOST)
    const { bytes, from, to } = this.#path
    const found = this.#tree.find(this.#method, this.#path, this.#host)
    const { length } = this.#tree.names
    record.route = found >= 0 ? found : length + this.#learned.find(bytes, from, to)
  }

  /** A route's name, or its template. */
  name(route: number): string {
    const known = this.#names[route]
    if (known !== undefined) return known
    const name = this.#learned.name(route - this.#tree.names.length)
    this.#names[route] = name
    return name
  }

  isListed(route: number): boolean {
    return route >= 0 && route < this.#tree.names.length
  }
}
