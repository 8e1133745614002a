import { type GraphNode, viewGraph } from '../../graph/graph-view.ts'
import { definePage, type PageRequest } from '../../page.ts'
import { FerryError } from '../../../core/errors.ts'
import type { GraphModel, GraphNodeModel } from './graph-model.ts'
import { renderGraph } from './render-graph.ts'

/** Targets and what they need, as make knows them. */
export const graphPage = definePage<GraphModel>({
  path: '/graph',
  title: 'Graph',
  key: 'r',
  script: 'graph',
  style: 'graph',
  isWide: true,
  version: ({ dashboard, date }) => dashboard.nights.version(date),
  kept: ({ dashboard, date }) => dashboard.nights.version(date),
  model: graphModel,
  render: renderGraph,
})

async function graphModel({ dashboard, date, query }: PageRequest): Promise<GraphModel> {
  const night = await dashboard.nights.night(date)
  const focus = query.get('focus') ?? undefined
  if (focus !== undefined && !night.targets.has(focus)) {
    throw new FerryError(
      'INPUT_MISSING',
      `the night of ${date} has no target \`${focus.slice(0, 300)}\``,
    )
  }
  const open = query.getAll('open').slice(0, 100)
  const all = query.get('all') === '1'
  const { nodes, edges } = viewGraph(night, { focus, all, open: new Set(open) })
  return {
    date,
    focus: focus ?? null,
    all,
    open,
    targets: night.wanted,
    isKnown: night.hasGraph,
    nodes: nodes.map(modelOf),
    edges,
  }
}

function modelOf({ name, isGroup, state, members, counts }: GraphNode): GraphNodeModel {
  const ms = isGroup ? null : (members[0]?.ms ?? null)
  return { name, isGroup, state, size: members.length, counts, ms }
}
