import { assert, nat, property, tuple, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import { findCycles } from '../../../src/flow/lint/dependency-cycles.ts'

const graphs = uniqueArray(tuple(nat(7), nat(7)), { selector: String, maxLength: 20 }).map(
  edges => {
    const graph = new Map<string, string[]>()
    for (const [from, to] of edges)
      graph.set(`n${from}`, [...(graph.get(`n${from}`) ?? []), `n${to}`])
    return graph
  },
)

/** Slow and plain: can one come from a to b over one edge or more? */
function leadsTo(graph: Map<string, string[]>, a: string, b: string): boolean {
  const reached = new Set(graph.get(a))
  for (const name of reached) for (const next of graph.get(name) ?? []) reached.add(next)
  return reached.has(b)
}

test('what is named is a cycle, and every edge of a cycle is named', () => {
  assert(
    property(graphs, graph => {
      const named = new Set<string>()
      for (const cycle of findCycles(graph)) {
        for (const [at, name] of cycle.entries()) {
          const next = cycle[(at + 1) % cycle.length] ?? ''
          expect(graph.get(name)).toContain(next)
          named.add(`${name} ${next}`)
        }
        expect(new Set(cycle).size).toBe(cycle.length)
      }
      for (const [from, list] of graph) {
        for (const to of list) {
          const onCycle = from === to || leadsTo(graph, to, from)
          expect([from, to, named.has(`${from} ${to}`)]).toEqual([from, to, onCycle])
        }
      }
    }),
  )
})

test('a chain of 100,000 targets is walked without a deep stack', () => {
  const graph = new Map(Array.from({ length: 100_000 }, (_, at) => [`n${at}`, [`n${at + 1}`]]))
  expect(findCycles(graph)).toEqual([])
})
