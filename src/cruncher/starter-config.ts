import { stringify } from 'yaml'
import type { Coverage } from './coverage.ts'
import { grouped } from './grouped-number.ts'

const MAX_ROUTES = 40

/**
 * A first `crunch:` for ferry.yaml from what was found in real files: their routes with proposals of
 * names, and an aggregate by route and status.
 */
export function starterConfig(files: readonly string[], coverage: Coverage): string {
  const templates = Object.entries(coverage.routes)
    .filter(([name, { listed }]) => !listed && name.startsWith('/'))
    .slice(0, MAX_ROUTES)
  const routes = Object.fromEntries(templates.map(([path]) => [ruleOf(path), nameOf(path)]))
  const hasRoutes = templates.length > 0
  const crunch = {
    inputs: [...files],
    output: 'clean/{date}/',
    format: 'parquet',
    ...(hasRoutes ? { routes } : {}),
    reduce: {
      requests: hasRoutes
        ? { by: ['service', 'route', 'status'], every: '1h', count: 'requests' }
        : { by: ['service', 'level'], every: '1h', count: 'records' },
    },
  }
  const formats = Object.entries(coverage.formats).map(
    ([name, { share }]) => `#   ${(share * 100).toFixed(1)} %  ${name}`,
  )
  const head = [
    `# Found in ${grouped(coverage.lines)} lines:`,
    ...formats,
    `#   ${(coverage.unknown.share * 100).toFixed(1)} %  unknown (ferry crunch coverage shows some)`,
  ]
  return `${head.join('\n')}\n${stringify({ crunch })}`
}

/** `/users/:number/files/:uuid` as a rule: parameters have names of their own. */
function ruleOf(template: string): string {
  const seen = new Map<string, number>()
  return template.replaceAll(/:(\w+)/g, (_, kind: string) => {
    const name = kind === 'number' || kind === 'uuid' ? 'id' : kind
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? `:${name}` : `:${name}${count}`
  })
}

/** `users.files`: its literal segments without what is only a version. */
function nameOf(template: string): string {
  const words = template
    .split('/')
    .filter(part => part !== '' && !part.startsWith(':') && !/^(api|v\d+)$/.test(part))
    .map(part => part.replaceAll(/[^\w-]/g, '_'))
  return words.length === 0 ? 'root' : words.join('.')
}
