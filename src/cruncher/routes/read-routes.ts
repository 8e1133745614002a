import { resolve } from 'node:path'
import type { RouteFileSource, RoutesConfig } from './config.ts'
import { isObject } from './json-object.ts'
import { isOpenApi, readOpenApi } from './openapi.ts'
import { parseNamedRule } from './parse-rule.ts'
import { parseBasePath } from './parse-template.ts'
import { readRouteFile, type RouteFile, type ValuePath } from './route-file.ts'
import { type LocatedRule, RouteFindings } from './route-findings.ts'
import { conflictError, growRoutes, type RouteConflict } from './route-nodes.ts'
import type { RouteRule } from './route-rule.ts'

/**
 * The rules of `crunch.routes`, from the configuration itself and from its files, whose names are
 * relative to `folder`; in their order. They have no conflicts, so compileRoutes takes them.
 * @throws FerryError CONFIG_INVALID with file:line:column of all that is wrong; INPUT_MISSING, DENIED
 */
export async function readRoutes(config: RoutesConfig, folder: string): Promise<RouteRule[]> {
  const findings = new RouteFindings()
  const rules: RouteRule[] = []
  const places = new Map<RouteRule, () => string>()
  for (const source of config) {
    if ('rules' in source) {
      rules.push(...source.rules)
      continue
    }
    const file = await readRouteFile(resolve(folder, source.file), source.file)
    for (const { rule, file: in_, path } of await rulesOfFile(file, source, findings)) {
      rules.push(rule)
      places.set(rule, () => in_.place(path))
    }
  }
  findings.throwIfAny()
  refuseConflicts(rules, places)
  return rules
}

function refuseConflicts(
  rules: readonly RouteRule[],
  places: ReadonlyMap<RouteRule, () => string>,
): void {
  const located = (rule: RouteRule): RouteRule => ({
    ...rule,
    place: places.get(rule)?.() ?? rule.place,
  })
  const conflicts: RouteConflict[] = []
  growRoutes(rules, ({ earlier, later }) =>
    conflicts.push({ earlier: located(earlier), later: located(later) }),
  )
  if (conflicts.length > 0) throw conflictError(conflicts)
}

async function rulesOfFile(
  file: RouteFile,
  { host, basePath }: RouteFileSource,
  findings: RouteFindings,
): Promise<LocatedRule[]> {
  if (isOpenApi(file.content)) return readOpenApi(file, { host, basePath, findings })
  const content = file.content
  const isNested = isObject(content) && isObject(content['routes'])
  const written = isNested ? content['routes'] : content
  const above: ValuePath = isNested ? ['routes'] : []
  if (!isObject(written)) {
    findings.add(file, above, 'neither a mapping of `METHOD /path: name` nor an OpenAPI document')
    return []
  }
  const rules: LocatedRule[] = []
  for (const [text, name] of Object.entries(written)) {
    const path = [...above, text]
    const rule = parseNamedRule(text, name)
    if (typeof rule === 'string') findings.add(file, path, rule)
    else rules.push({ rule: within({ ...rule, place: file.name }, host, basePath), file, path })
  }
  return rules
}

/** With the host and the base path of its file, if it has them. */
function within(
  rule: RouteRule,
  host: string | undefined,
  basePath: string | undefined,
): RouteRule {
  const base = parseBasePath(basePath ?? '') ?? []
  return { ...rule, host: rule.host ?? host, segments: [...base, ...rule.segments] }
}
