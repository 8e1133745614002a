import { compareEdges, readEdges } from './edge.ts'

/** The lowest place that all warehouses have reached, or null for the beginning. */
export async function lowestEdge(project: string, name: string): Promise<string | null> {
  const edges = await readEdges(project, name)
  const known = edges.filter(edge => edge !== null)
  return known.length < edges.length ? null : (known.toSorted(compareEdges)[0] ?? null)
}
