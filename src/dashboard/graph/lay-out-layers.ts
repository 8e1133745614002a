import type { Box, Edge, Layout, PlacedBox } from './layout.ts'

const GAP_X = 110
const GAP_Y = 6
const MARGIN = 12
const SWEEPS = 6

/**
 * The layered drawing of Sugiyama, Tagawa and Toda in its plainest form: a box stands in the layer
 * after the last of what it needs; within a layer boxes are ordered by the middle of their
 * neighbours', forth and back a few times. Linear in boxes and edges but for the sorting.
 */
export function layOutLayers(boxes: readonly Box[], edges: readonly Edge[]): Layout {
  const needs = new Map(boxes.map(one => [one.name, [] as string[]]))
  const readers = new Map(boxes.map(one => [one.name, [] as string[]]))
  for (const { from, to } of edges) {
    needs.get(to)?.push(from)
    readers.get(from)?.push(to)
  }
  const layers = orderLayers(layersOf(boxes, needs), needs, readers)
  const sizes = new Map(boxes.map(one => [one.name, one]))
  const placed = new Map<string, PlacedBox>()
  const heightOf = (layer: readonly string[]): number =>
    layer.reduce((sum, name) => sum + (sizes.get(name)?.height ?? 0) + GAP_Y, 0)
  const height = layers.reduce((most, layer) => Math.max(most, heightOf(layer)), 0) + MARGIN
  let x = MARGIN
  for (const layer of layers) {
    let y = MARGIN + (height - MARGIN - heightOf(layer)) / 2
    let widest = 0
    for (const name of layer) {
      const box = sizes.get(name)
      if (box === undefined) continue
      placed.set(name, { ...box, x, y })
      y += box.height + GAP_Y
      widest = Math.max(widest, box.width)
    }
    x += widest + GAP_X
  }
  return {
    width: x - GAP_X + MARGIN,
    height: height + MARGIN,
    boxes: [...placed.values()],
    lines: edges.flatMap(({ from, to }) => {
      const [a, b] = [placed.get(from), placed.get(to)]
      if (a === undefined || b === undefined) return []
      const start = { x: a.x + a.width, y: a.y + a.height / 2 }
      return [[start, { x: b.x, y: b.y + b.height / 2 }]]
    }),
  }
}

type Neighbours = ReadonlyMap<string, readonly string[]>

/** The longest way to each; an edge that closes a circle (of groups) counts for nothing. */
function layersOf(boxes: readonly Box[], needs: Neighbours): string[][] {
  const depths = new Map<string, number>()
  const open = new Set<string>()
  const depthOf = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    if (open.has(name)) return -1
    open.add(name)
    let depth = 0
    for (const need of needs.get(name) ?? []) depth = Math.max(depth, depthOf(need) + 1)
    open.delete(name)
    depths.set(name, depth)
    return depth
  }
  const layers: string[][] = []
  for (const { name } of boxes) {
    const depth = depthOf(name)
    const layer = layers[depth] ?? []
    layer.push(name)
    layers[depth] = layer
  }
  return layers
}

function orderLayers(layers: string[][], needs: Neighbours, readers: Neighbours): string[][] {
  const places = new Map<string, number>()
  const note = (layer: readonly string[]): void => {
    for (const [place, name] of layer.entries()) places.set(name, place / Math.max(1, layer.length))
  }
  for (const layer of layers) note(layer)
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForth = sweep % 2 === 0
    for (const layer of isForth ? layers : layers.toReversed()) {
      const neighbours = isForth ? needs : readers
      const middles = new Map(layer.map(name => [name, middleOf(name, neighbours, places)]))
      layer.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0))
      note(layer)
    }
  }
  return layers
}

function middleOf(
  name: string,
  neighbours: Neighbours,
  places: ReadonlyMap<string, number>,
): number {
  const own = neighbours.get(name) ?? []
  if (own.length === 0) return places.get(name) ?? 0
  return own.reduce((sum, other) => sum + (places.get(other) ?? 0), 0) / own.length
}
