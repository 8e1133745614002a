import { graphlib, layout } from '@dagrejs/dagre'

export interface PlacedNode {
  readonly name: string
  /** The middle. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface GraphLayout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  /** Each from what is read to what reads it, as points on its way. */
  readonly edges: readonly (readonly { readonly x: number; readonly y: number }[])[]
}

const LETTER_WIDTH = 7.3
const NODE_HEIGHT = 26

/** Lays a graph out in layers, from left to right. The same graph gives the same picture. */
export function layOutGraph(
  names: readonly string[],
  edges: readonly { readonly from: string; readonly to: string }[],
): GraphLayout {
  const graph = new graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 8, ranksep: 60, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const name of names) {
    graph.setNode(name, { width: name.length * LETTER_WIDTH + 20, height: NODE_HEIGHT })
  }
  for (const { from, to } of edges) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    width: finite(width),
    height: finite(height),
    nodes: names.map(name => {
      const { x, y, width, height }: Omit<PlacedNode, 'name'> = graph.node(name)
      return { name, x, y, width, height }
    }),
    edges: graph.edges().map((edge: GraphEdge) => pointsOf(graph.edge(edge))),
  }
}

/** The library's names of the two ends. */
interface GraphEdge {
  readonly v: string
  readonly w: string
}

const pointsOf = (label: { points?: GraphLayout['edges'][number] }): GraphLayout['edges'][number] =>
  label.points ?? []

/** An empty graph has no size. */
const finite = (size: number): number => (Number.isFinite(size) ? Math.ceil(size) : 0)
