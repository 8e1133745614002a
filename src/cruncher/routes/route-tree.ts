import type { ByteSlice } from './byte-slice.ts'
import { HostTable } from './host-table.ts'
import { MethodTable } from './method-table.ts'
import { compareTexts, MixedPattern } from './mixed-pattern.ts'
import { PathSegments } from './path-segments.ts'
import {
  conflictError,
  growRoutes,
  type RouteConflict,
  type RouteNode,
  type RouteNodes,
} from './route-nodes.ts'
import type { RouteRest, RouteRule } from './route-rule.ts'
import { SegmentTable } from './segment-table.ts'

const LITERALS = 1
const MIXED = 2
const PARAMETER = 4
const REST = 8

/**
 * Compiles rules into a tree. @throws FerryError CONFIG_INVALID when two rules take the same requests
 * and have different names; it tells the places of both.
 */
export function compileRoutes(rules: readonly RouteRule[]): RouteTree {
  const conflicts: RouteConflict[] = []
  const grown = growRoutes(rules, conflict => conflicts.push(conflict))
  if (conflicts.length > 0) throw conflictError(conflicts)
  return new RouteTree(rules, grown)
}

/**
 * Says which route a request is, over bytes. Rules of the request's own host come before those of
 * `*.` and a longer end of it, these before a shorter, and last the rules without a host. Among these, from
 * the first segment to the last, a literal comes before a text with parameters, this before a parameter, and
 * last the wildcards; where that leads to no rule, the next is tried. Of two rules for one path the
 * one with the method comes before that for any. It takes time in the number of nodes at most.
 */
export class RouteTree {
  /** What routes are called; a route's number is its place here. */
  readonly names: readonly string[]
  readonly #methods: MethodTable
  readonly #hosts: HostTable | undefined
  readonly #literals: SegmentTable
  /** By node: which ways lead on, its child for a parameter (-1: none), its patterns. */
  readonly #ways: Uint8Array
  readonly #parameter: Int32Array
  readonly #mixed: readonly (readonly MixedPattern[] | undefined)[]
  /** By node and method: the route of a path that ends here, that goes on, that does either; -1: none. */
  readonly #ending: Int32Array
  readonly #some: Int32Array
  readonly #any: Int32Array
  readonly #path: PathSegments
  #method = 0

  constructor(rules: readonly RouteRule[], { nodes, roots }: RouteNodes) {
    this.names = [...new Set(rules.map(rule => rule.name))]
    const numbers = new Map(this.names.map((name, number) => [name, number]))
    const methods = [...new Set(rules.flatMap(rule => rule.methods))]
    this.#methods = new MethodTable(methods)
    const hosts = new Map(Array.from(roots, ([host, node]) => [host, node.number]))
    hosts.delete('')
    this.#hosts = hosts.size === 0 ? undefined : new HostTable(hosts)
    this.#literals = new SegmentTable(
      nodes.flatMap(({ number, literals }) =>
        Array.from(literals, ([text, child]) => ({ group: number, text, value: child.number })),
      ),
    )
    this.#ways = Uint8Array.from(nodes, waysOf)
    this.#parameter = Int32Array.from(nodes, node => node.parameter?.number ?? -1)
    this.#mixed = nodes.map(patternsOf)
    const routes = (rest: RouteRest): Int32Array =>
      Int32Array.from(
        nodes.flatMap(node =>
          ['', ...methods].map(method => {
            const rule = node.routes[rest].get(method) ?? node.routes[rest].get('')
            return rule === undefined ? -1 : (numbers.get(rule.name) ?? -1)
          }),
        ),
      )
    this.#ending = routes('none')
    this.#some = routes('some')
    this.#any = routes('any')
    const longest = rules.reduce((most, rule) => Math.max(most, rule.segments.length), 0)
    this.#path = new PathSegments(longest + 1)
  }

  /**
   * The number of a request's route in `names`; -1: none. The path may have a query and a fragment, or be
   * a whole URL, whose host counts when no other is given. Without a method, only rules for any
   * method take it; without a host, only those for any host.
   */
  find(method: ByteSlice, path: ByteSlice, host?: ByteSlice): number {
    this.#method = this.#methods.find(method.bytes, method.from, method.to)
    const segments = this.#path
    segments.read(path.bytes, path.from, path.to)
    const hosts = this.#hosts
    if (hosts !== undefined) {
      if (host !== undefined && host.to > host.from) hosts.find(host.bytes, host.from, host.to)
      else hosts.find(path.bytes, segments.hostFrom, segments.hostTo)
      for (let i = 0; i < hosts.count; i++) {
        const route = this.#walk(hosts.found[i] ?? 0, 0)
        if (route >= 0) return route
      }
    }
    return this.#walk(0, 0)
  }

  /** Goes down where there is but one way, and calls itself where another is left to be tried. */
  #walk(from: number, depth: number): number {
    const path = this.#path
    let node = from
    for (let at = depth; at < path.count; at++) {
      const ways = this.#ways[node] ?? 0
      let next = -1
      if ((ways & LITERALS) !== 0) {
        next = this.#literals.find(node, path.bytes, path.starts[at] ?? 0, path.ends[at] ?? 0)
        if (next >= 0 && ways !== LITERALS) {
          const route = this.#walk(next, at + 1)
          if (route >= 0) return route
          next = -1
        }
      }
      if ((ways & MIXED) !== 0) {
        const route = this.#walkMixed(node, at)
        if (route >= 0) return route
      }
      if ((ways & PARAMETER) !== 0) {
        next = this.#parameter[node] ?? -1
        if ((ways & REST) !== 0) {
          const route = this.#walk(next, at + 1)
          if (route >= 0) return route
          next = -1
        }
      }
      if (next < 0) return (ways & REST) !== 0 ? this.#restOf(node) : -1
      node = next
    }
    const place = node * this.#methods.size + this.#method
    const route = this.#ending[place] ?? -1
    return route >= 0 ? route : (this.#any[place] ?? -1)
  }

  #walkMixed(node: number, depth: number): number {
    const { bytes, starts, ends } = this.#path
    for (const pattern of this.#mixed[node] ?? []) {
      if (!pattern.matches(bytes, starts[depth] ?? 0, ends[depth] ?? 0)) continue
      const route = this.#walk(pattern.node, depth + 1)
      if (route >= 0) return route
    }
    return -1
  }

  #restOf(node: number): number {
    const place = node * this.#methods.size + this.#method
    const some = this.#some[place] ?? -1
    return some >= 0 ? some : (this.#any[place] ?? -1)
  }
}

/** Which ways lead on from a node. */
function waysOf({ literals, mixed, parameter, routes }: RouteNode): number {
  return (
    (literals.size > 0 ? LITERALS : 0) |
    (mixed.size > 0 ? MIXED : 0) |
    (parameter === undefined ? 0 : PARAMETER) |
    (routes.some.size + routes.any.size > 0 ? REST : 0)
  )
}

function patternsOf({ mixed }: RouteNode): MixedPattern[] | undefined {
  if (mixed.size === 0) return undefined
  return [...mixed.values()]
    .sort((a, b) => compareTexts(a.texts, b.texts))
    .map(branch => new MixedPattern(branch.texts, branch.node.number))
}
