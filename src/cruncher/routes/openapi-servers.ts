import { type JsonObject, isObject } from './json-object.ts'

/** A variable of a server may have many values, and a URL many variables. */
const MOST_BASES = 64

/**
 * The paths under which a document, a path item or an operation is served: each server's (3.x) or
 * `basePath` (2.0); the root when none is given. A variable stands for each value of its enum, else for its
 * default; without these it is a parameter.
 */
export function basePathsOf(of: JsonObject): string[] {
  const basePath = of['basePath']
  if (typeof basePath === 'string') return [pathOf(basePath)]
  const servers = Array.isArray(of['servers']) ? of['servers'] : []
  const bases = servers.flatMap((server: unknown) => {
    if (!isObject(server) || typeof server['url'] !== 'string') return []
    const variables = isObject(server['variables']) ? server['variables'] : {}
    return withVariables(pathOf(server['url']), variables)
  })
  return bases.length === 0 ? ['/'] : [...new Set(bases)]
}

/** Of `https://host/path`, `//host/path`, `host.example/path`, `/path` or `path`. */
function pathOf(url: string): string {
  const path = url
    .replace(/^(?:(?:[a-z][a-z0-9+.-]*|\{[^{}]*\}):)?\/\/(?:\{[^{}]*\}|[^/{}?#])*/i, '')
    .replace(/^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?(?=\/|$)/i, '')
    .replace(/^\.(?=\/|$)/, '')
    .replace(/[?#].*$/, '')
  return path.startsWith('/') ? path : `/${path}`
}

function withVariables(path: string, variables: JsonObject): string[] {
  const names = Object.keys(variables).filter(name => path.includes(`{${name}}`))
  let paths = [path]
  for (const name of names) {
    const variable = variables[name]
    const values = isObject(variable) ? valuesOf(variable) : []
    if (values.length === 0) continue
    paths = paths
      .flatMap(one => values.map(value => one.replaceAll(`{${name}}`, () => value)))
      .slice(0, MOST_BASES)
  }
  return paths
}

function valuesOf(variable: JsonObject): string[] {
  const listed: unknown[] = Array.isArray(variable['enum']) ? variable['enum'] : []
  const values = listed.filter(value => typeof value === 'string' || typeof value === 'number')
  const standard = variable['default']
  if (values.length > 0) return values.map(String)
  return typeof standard === 'string' || typeof standard === 'number' ? [String(standard)] : []
}
