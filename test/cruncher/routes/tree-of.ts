import { parseRule } from '../../../src/cruncher/routes/parse-rule.ts'
import { compileRoutes, type RouteTree } from '../../../src/cruncher/routes/route-tree.ts'
import type { RouteRule } from '../../../src/cruncher/routes/route-rule.ts'

/** Rules as they are written in `routes:`. */
export function rulesOf(written: Readonly<Record<string, string>>): RouteRule[] {
  return Object.entries(written).map(([text, name], index) => {
    const rule = parseRule(text)
    if (typeof rule === 'string') throw new Error(rule)
    return { ...rule, name, place: `routes.yaml:${index + 1}:1` }
  })
}

/** The name of the route of `GET /path` or `GET /path host`; the bytes are latin1 characters. */
export function routeOf(tree: RouteTree, request: string): string | undefined {
  const bytes = Buffer.from(`<${request}>`, 'latin1')
  const [method = '', path = '', host = ''] = request.split(' ')
  const pathFrom = 1 + method.length + 1
  const hostFrom = pathFrom + path.length + 1
  const number = tree.find(
    { bytes, from: 1, to: 1 + method.length },
    { bytes, from: pathFrom, to: pathFrom + path.length },
    host === '' ? undefined : { bytes, from: hostFrom, to: hostFrom + host.length },
  )
  return tree.names[number]
}

export function treeOf(written: Readonly<Record<string, string>>): RouteTree {
  return compileRoutes(rulesOf(written))
}
