import { graphlib, layout } from '@dagrejs/dagre'
import type { Box, Edge, Layout } from './layout.ts'
import { layOutLayers } from './lay-out-layers.ts'

/** dagre crosses fewest lines, and takes seconds for thousands of boxes; layers take milliseconds. */
const MOST_FOR_DAGRE = 180
const MOST_EDGES_FOR_DAGRE = 500
const KEPT = 24

const kept = new Map<string, Layout>()

/** Lays a graph out from left to right. The same graph has the same picture, which is kept. */
export function layOut(boxes: readonly Box[], edges: readonly Edge[]): Layout {
  const key = JSON.stringify([boxes.map(one => one.name), edges])
  const known = kept.get(key)
  if (known !== undefined) return known
  const isSmall = boxes.length <= MOST_FOR_DAGRE && edges.length <= MOST_EDGES_FOR_DAGRE
  const made = isSmall ? layOutWithDagre(boxes, edges) : layOutLayers(boxes, edges)
  kept.set(key, made)
  for (const first of kept.keys()) {
    if (kept.size <= KEPT) break
    kept.delete(first)
  }
  return made
}

function layOutWithDagre(boxes: readonly Box[], edges: readonly Edge[]): Layout {
  const graph = new graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 8, edgesep: 3, ranksep: 60, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { name, width, height } of boxes) graph.setNode(name, { width, height })
  for (const { from, to } of edges) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  const placed = new Map(
    boxes.map(box => {
      const { x, y }: { x: number; y: number } = graph.node(box.name)
      return [box.name, { ...box, x: x - box.width / 2, y: y - box.height / 2 }]
    }),
  )
  return {
    width: finite(width),
    height: finite(height),
    boxes: [...placed.values()],
    lines: graph.edges().map((edge: { v: string; w: string }) => {
      const { points = [] }: { points?: Layout['lines'][number] } = graph.edge(edge)
      const [from, to] = [placed.get(edge.v), placed.get(edge.w)]
      if (from === undefined || to === undefined) return points
      // dagre ends lines anywhere on a box's edge; from side to side they read from left to right.
      const start = { x: from.x + from.width, y: from.y + from.height / 2 }
      return [start, ...points.slice(1, -1), { x: to.x, y: to.y + to.height / 2 }]
    }),
  }
}

/** An empty graph has no size. */
const finite = (size: number): number => (Number.isFinite(size) ? Math.ceil(size) : 0)
