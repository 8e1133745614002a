import type { ByteSlice } from './byte-slice.ts'
import { CanonicalPath } from './canonical-path.ts'
import { HostTable } from './host-table.ts'
import { MethodTable } from './method-table.ts'
import { RequestTarget } from './request-target.ts'
import { MOST_CELLS, NOT_CANONICAL, RouteAutomaton } from './route-automaton.ts'
import { conflictError, growRoutes, type RouteConflict, type RouteNodes } from './route-nodes.ts'
import type { RouteRule } from './route-rule.ts'
import { RouteSpots } from './route-spots.ts'

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
 * one with the method comes before that for any. It takes time in the bytes of the path.
 */
export class RouteTree {
  /** What routes are called; a route's number is its place here. */
  readonly names: readonly string[]
  readonly #methods: MethodTable
  readonly #hosts: HostTable | undefined
  readonly #automaton: RouteAutomaton
  readonly #target = new RequestTarget()
  readonly #canonical = new CanonicalPath()

  constructor(rules: readonly RouteRule[], grown: RouteNodes, mostCells = MOST_CELLS) {
    this.names = [...new Set(rules.map(rule => rule.name))]
    const methods = [...new Set(rules.flatMap(rule => rule.methods))]
    this.#methods = new MethodTable(methods)
    const hosts = new Map(Array.from(grown.roots, ([host, node]) => [host, node.number]))
    hosts.delete('')
    this.#hosts = hosts.size === 0 ? undefined : new HostTable(hosts)
    this.#automaton = new RouteAutomaton(
      new RouteSpots(grown),
      ['', ...methods],
      new Map(this.names.map((name, number) => [name, number])),
      mostCells,
    )
  }

  /**
   * The number of a request's route in `names`; -1: none. The path may have a query and a fragment, or be
   * a whole URL, whose host counts when no other is given. Without a method, only rules for any
   * method take it; without a host, only those for any host.
   */
  find(method: ByteSlice, path: ByteSlice, host?: ByteSlice): number {
    const number = this.#methods.find(method.bytes, method.from, method.to)
    const target = this.#target
    const { bytes } = path
    target.read(bytes, path.from, path.to)
    const hosts = this.#hosts
    if (hosts !== undefined) {
      if (host !== undefined && host.to > host.from) hosts.find(host.bytes, host.from, host.to)
      else hosts.find(bytes, target.hostFrom, target.hostTo)
    }
    const route = this.#findInHosts(number, false, bytes, target.from, target.to)
    if (route !== NOT_CANONICAL) return route
    const canonical = this.#canonical
    canonical.read(bytes, target.from, target.to)
    return this.#findInHosts(number, true, canonical.bytes, 0, canonical.length)
  }

  #findInHosts(
    method: number,
    isCanonical: boolean,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): number {
    const automaton = this.#automaton
    const hosts = this.#hosts
    if (hosts !== undefined) {
      for (let i = 0; i < hosts.count; i++) {
        const route = automaton.read(hosts.found[i] ?? 0, method, isCanonical, bytes, from, to)
        if (route !== -1) return route
      }
    }
    return automaton.read(0, method, isCanonical, bytes, from, to)
  }
}
