import { FerryError } from '../../core/errors.ts'
import type { RouteRest, RouteRule, SegmentPattern } from './route-rule.ts'

/** A pattern with texts and parameters, and what follows it. */
export interface MixedBranch {
  readonly texts: readonly string[]
  readonly node: RouteNode
}

/** A place in the tree of rules: some segments have been read. */
export interface RouteNode {
  readonly number: number
  /** By the segment's bytes. */
  readonly literals: Map<string, RouteNode>
  /** By the pattern's texts. */
  readonly mixed: Map<string, MixedBranch>
  parameter: RouteNode | undefined
  /** What the path may end with here: the rule of each method; `''`: of any. */
  readonly routes: Readonly<Record<RouteRest, Map<string, RouteRule>>>
}

export interface RouteNodes {
  /** By number. */
  readonly nodes: readonly RouteNode[]
  /** By host; `''`: of any. */
  readonly roots: ReadonlyMap<string, RouteNode>
}

/** Two rules that take the same requests and call them differently. */
export interface RouteConflict {
  readonly earlier: RouteRule
  readonly later: RouteRule
}

/** Puts rules into a tree; tells the conflicts, of which the earlier rule has won. */
export function growRoutes(
  rules: readonly RouteRule[],
  onConflict: (conflict: RouteConflict) => void,
): RouteNodes {
  const nodes: RouteNode[] = []
  const roots = new Map<string, RouteNode>([['', addNode(nodes)]])
  for (const rule of rules) {
    let node = getOrAdd(roots, rule.host ?? '', () => addNode(nodes))
    for (const segment of rule.segments) node = childOf(node, segment, nodes)
    const routes = node.routes[rule.rest]
    for (const method of rule.methods.length === 0 ? [''] : rule.methods) {
      const earlier = getOrAdd(routes, method, () => rule)
      if (earlier.name !== rule.name) onConflict({ earlier, later: rule })
    }
  }
  return { nodes, roots }
}

export function conflictError(conflicts: readonly RouteConflict[]): FerryError {
  const messages = new Set(
    conflicts.map(
      ({ earlier, later }) =>
        `${later.place}: ${called(later)} takes the same requests as ${called(earlier)} at ${earlier.place}`,
    ),
  )
  return new FerryError('CONFIG_INVALID', [...messages].join('\n'), {
    hint: 'take one of the two away, or tell them apart by method or host',
  })
}

function called(rule: RouteRule): string {
  return `\`${rule.text}\` (${rule.name})`
}

function childOf(node: RouteNode, { texts }: SegmentPattern, nodes: RouteNode[]): RouteNode {
  const [first = '', ...others] = texts
  if (others.length === 0) return getOrAdd(node.literals, first, () => addNode(nodes))
  if (texts.length === 2 && texts.every(text => text === '')) {
    node.parameter ??= addNode(nodes)
    return node.parameter
  }
  const key = JSON.stringify(texts)
  return getOrAdd(node.mixed, key, () => ({ texts, node: addNode(nodes) })).node
}

function addNode(nodes: RouteNode[]): RouteNode {
  const node: RouteNode = {
    number: nodes.length,
    literals: new Map(),
    mixed: new Map(),
    parameter: undefined,
    routes: { none: new Map(), some: new Map(), any: new Map() },
  }
  nodes.push(node)
  return node
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key)
  if (found !== undefined) return found
  const value = make()
  map.set(key, value)
  return value
}
