import { SLASH } from './path-bytes.ts'
import type { RouteNode, RouteNodes } from './route-nodes.ts'
import type { RouteRest, RouteRule } from './route-rule.ts'

/** In a pattern: one byte or more of whatever. */
const ANY = -1

/** A way from a node to another: the bytes of a literal, or a pattern with parameters. */
interface Branch {
  readonly tokens: readonly number[]
  /** The number of the spot behind its first token; those behind the others follow. */
  readonly first: number
  readonly node: RouteNode
}

/** What a path may be that ends at a spot, the best first: less is better. */
interface Ending {
  readonly rank: number
  /** By method; `''`: any. */
  readonly rules: ReadonlyMap<string, RouteRule>
}

/**
 * The tree of rules, read byte by byte: at any byte of a path, one is at some spots of it at once. A spot is
 * the beginning of a segment (numbered as its node), a place within a branch, or a wildcard that takes all
 * that follows.
 */
export class RouteSpots {
  readonly #nodes: readonly RouteNode[]
  /** By node. */
  readonly #branches: Branch[][] = []
  readonly #enters: number[] = []
  readonly #leaves: number[] = []
  /** By spot, from the number of nodes and wildcards on: its branch. */
  readonly #branchOf: Branch[] = []
  /** Bytes that any pattern names. */
  readonly bytes = new Set<number>([SLASH])

  constructor({ nodes, roots }: RouteNodes) {
    this.#nodes = nodes
    for (const node of nodes) this.#branches[node.number] = this.#branchesOf(node)
    let clock = 0
    // By recursion: rules have few segments.
    const visit = (node: RouteNode): void => {
      this.#enters[node.number] = clock++
      for (const branch of this.#branches[node.number] ?? []) visit(branch.node)
      this.#leaves[node.number] = clock++
    }
    for (const root of roots.values()) visit(root)
  }

  /** How many nodes there are. */
  get nodes(): number {
    return this.#nodes.length
  }

  /** Adds the spots to which a byte leads from one. */
  step(spot: number, byte: number, found: Set<number>): void {
    const nodes = this.#nodes.length
    if (spot < nodes) {
      if (byte === SLASH) found.add(spot)
      else this.#begin(spot, byte, found)
    } else if (spot < 2 * nodes) found.add(spot)
    else this.#stepWithin(spot, byte, found)
  }

  /** Whether a spot takes whatever comes. */
  isRest(spot: number): boolean {
    return spot >= this.#nodes.length && spot < 2 * this.#nodes.length
  }

  /** The rule of a path that ends at some spots, for a method or for any. */
  ruleAt(spots: Iterable<number>, method: string): RouteRule | undefined {
    let best: RouteRule | undefined
    let bestRank = Number.POSITIVE_INFINITY
    for (const spot of spots) {
      for (const { rank, rules } of this.#endingsOf(spot)) {
        const rule = rules.get(method) ?? rules.get('')
        if (rule === undefined || rank >= bestRank) continue
        best = rule
        bestRank = rank
      }
    }
    return best
  }

  #begin(node: number, byte: number, found: Set<number>): void {
    for (const { tokens, first } of this.#branches[node] ?? [])
      if (tokens[0] === ANY || tokens[0] === byte) found.add(first)
    const { some, any } = this.#nodes[node]?.routes ?? {}
    if ((some?.size ?? 0) + (any?.size ?? 0) > 0) found.add(this.#nodes.length + node)
  }

  #stepWithin(spot: number, byte: number, found: Set<number>): void {
    const branch = this.#branchOf[spot - 2 * this.#nodes.length]
    if (branch === undefined) return
    const { tokens, first, node } = branch
    const read = spot - first + 1
    if (byte === SLASH) {
      if (read === tokens.length) found.add(node.number)
      return
    }
    if (tokens[read] === ANY || tokens[read] === byte) found.add(spot + 1)
    if (tokens[read - 1] === ANY) found.add(spot)
  }

  #endingsOf(spot: number): Ending[] {
    const nodes = this.#nodes.length
    if (spot < nodes) return this.#endingsAt(spot)
    if (spot < 2 * nodes) {
      const rank = this.#leaves[spot - nodes] ?? 0
      return this.#ranked(spot - nodes, rank, 'some')
    }
    const branch = this.#branchOf[spot - 2 * nodes]
    if (branch === undefined || spot - branch.first + 1 < branch.tokens.length) return []
    return this.#endingsAt(branch.node.number)
  }

  #endingsAt(node: number): Ending[] {
    return this.#ranked(node, this.#enters[node] ?? 0, 'none')
  }

  /** What takes nothing more, too, comes second. */
  #ranked(node: number, rank: number, first: RouteRest): Ending[] {
    const routes = this.#nodes[node]?.routes
    if (routes === undefined) return []
    return [
      { rank, rules: routes[first] },
      { rank: rank + 0.5, rules: routes.any },
    ]
  }

  /** In the order in which they are preferred. */
  #branchesOf(node: RouteNode): Branch[] {
    const mixed = [...node.mixed.values()].sort((a, b) => compareTexts(a.texts, b.texts))
    return [
      ...Array.from(node.literals, ([text, child]) => this.#addBranch([text], child)),
      ...mixed.map(({ texts, node: child }) => this.#addBranch(texts, child)),
      ...(node.parameter === undefined ? [] : [this.#addBranch(['', ''], node.parameter)]),
    ]
  }

  #addBranch(texts: readonly string[], node: RouteNode): Branch {
    const tokens = texts.flatMap((text, index) => [
      ...(index === 0 ? [] : [ANY]),
      ...Buffer.from(text, 'latin1'),
    ])
    for (const token of tokens) if (token !== ANY) this.bytes.add(token)
    const branch = { tokens, first: 2 * this.#nodes.length + this.#branchOf.length, node }
    for (let i = 0; i < tokens.length; i++) this.#branchOf.push(branch)
    return branch
  }
}

/**
 * The order of the patterns of one node: those with more bytes of text first, then those with fewer
 * parameters, then by their texts. It does not depend on the order of the rules.
 */
function compareTexts(a: readonly string[], b: readonly string[]): number {
  const textBytes = (texts: readonly string[]): number => texts.join('').length
  return (
    textBytes(b) - textBytes(a) || a.length - b.length || (a.join('\0') < b.join('\0') ? -1 : 1)
  )
}
