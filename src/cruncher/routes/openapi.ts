import { isObject, type JsonObject } from './json-object.ts'
import { type ReferencedValue, References } from './openapi-references.ts'
import { basePathsOf } from './openapi-servers.ts'
import { parseTemplate } from './parse-template.ts'
import type { RouteFile, ValuePath } from './route-file.ts'
import type { LocatedRule, RouteFindings } from './route-findings.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']

/** What holds for a whole OpenAPI file. */
export interface OpenApiOptions {
  readonly host: string | undefined
  /** In place of the servers' own. */
  readonly basePath: string | undefined
  readonly findings: RouteFindings
}

export function isOpenApi(content: unknown): content is JsonObject {
  return isObject(content) && ('openapi' in content || 'swagger' in content)
}

/**
 * The operations of an OpenAPI document, 2.0 or 3.x, as rules: named by their operationId, or `METHOD
 * /template`; their paths begin with the base path of each server. Path items may be in other local files.
 * @see https://spec.openapis.org/oas/v3.2.0.html and https://spec.openapis.org/oas/v2.0.html
 */
export async function readOpenApi(
  file: RouteFile,
  options: OpenApiOptions,
): Promise<LocatedRule[]> {
  const { findings } = options
  const content = isObject(file.content) ? file.content : {}
  const key = 'openapi' in content ? 'openapi' : 'swagger'
  const version = String(content[key])
  if (!version.startsWith(key === 'openapi' ? '3' : '2'))
    findings.add(
      file,
      [key],
      `version \`${version}\` of OpenAPI is not known here; 2.0 and 3.x are`,
    )
  const paths = content['paths'] ?? {}
  if (!isObject(paths)) {
    findings.add(file, ['paths'], '`paths` is not a mapping')
    return []
  }
  const rules: LocatedRule[] = []
  const references = new References(findings)
  const bases = options.basePath === undefined ? basePathsOf(content) : [options.basePath]
  for (const [template, item] of Object.entries(paths)) {
    const at: ValuePath = ['paths', template]
    if (template.startsWith('x-')) continue
    if (!template.startsWith('/'))
      findings.add(file, at, `the path \`${template}\` does not begin with a slash`)
    const values = await references.follow({ file, path: at, value: item })
    for (const operation of operationsOf(values)) {
      const own = options.basePath === undefined ? operation.bases : undefined
      rules.push(...rulesOf(operation, { template, bases: own ?? bases, options }))
    }
  }
  return rules
}

interface Operation {
  readonly method: string
  readonly at: ReferencedValue
  /** Of its own servers, or of its path item's. */
  readonly bases: readonly string[] | undefined
}

/** What a path item says itself comes before what it refers to. */
function operationsOf(items: readonly ReferencedValue[]): Operation[] {
  const found = new Map<string, Operation>()
  const servers = items.map(({ value }) => value).find(item => isObject(item) && 'servers' in item)
  for (const { file, path, value } of items) {
    if (!isObject(value)) continue
    const more = value['additionalOperations']
    const named: [ValuePath, string, unknown][] = [
      ...METHODS.map((key): [ValuePath, string, unknown] => [[key], key, value[key]]),
      ...Object.entries(isObject(more) ? more : {}).map(
        ([key, one]): [ValuePath, string, unknown] => [['additionalOperations', key], key, one],
      ),
    ]
    for (const [below, key, operation] of named) {
      const method = key.toUpperCase()
      if (!isObject(operation) || found.has(method)) continue
      const own = 'servers' in operation ? operation : servers
      found.set(method, {
        method,
        at: { file, path: [...path, ...below], value: operation },
        bases: isObject(own) ? basePathsOf(own) : undefined,
      })
    }
  }
  return [...found.values()]
}

interface Position {
  readonly template: string
  readonly bases: readonly string[]
  readonly options: OpenApiOptions
}

function rulesOf({ method, at }: Operation, { template, bases, options }: Position): LocatedRule[] {
  const { file, path, value } = at
  const id = isObject(value) ? value['operationId'] : undefined
  const rules: LocatedRule[] = []
  for (const base of bases) {
    const text = base.replace(/\/+$/, '') + template
    const parsed = parseTemplate(text.replace(/[?#][^/]*$/, ''), 'braces')
    if (typeof parsed === 'string') {
      options.findings.add(file, path, `the path \`${text}\` ${parsed}`)
      break
    }
    const rule = {
      ...parsed,
      name: typeof id === 'string' && id !== '' ? id : `${method} ${template}`,
      methods: [method],
      host: options.host,
      text: `${method} ${text}`,
      place: file.name,
    }
    rules.push({ rule, file, path })
  }
  return rules
}
