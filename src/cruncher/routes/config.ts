import * as z from 'zod'
import { nearestName } from '../../core/nearest.ts'
import { isHost, parseNamedRule } from './parse-rule.ts'
import { parseBasePath } from './parse-template.ts'
import { growRoutes } from './route-nodes.ts'
import type { RouteRule } from './route-rule.ts'

/** A file of routes: YAML as in `routes:`, or OpenAPI. */
export interface RouteFileSource {
  readonly file: string
  /** Of all of its routes; they name none themselves. */
  readonly host: string | undefined
  /** Before all of its paths; of an OpenAPI file in place of those of its servers. */
  readonly basePath: string | undefined
}

/** Rules as they stand in the configuration itself. */
export interface RouteRulesSource {
  readonly rules: readonly RouteRule[]
}

export type RouteSource = RouteFileSource | RouteRulesSource

const FILE_KEYS = ['file', 'host', 'base_path']

type Report = (key: string, message: string) => void

/** Each rule by itself, and two for the same requests. */
function checkRules(written: Readonly<Record<string, string>>, report: Report): RouteSource {
  const rules: RouteRule[] = []
  for (const [text, name] of Object.entries(written)) {
    const rule = parseNamedRule(text, name)
    if (typeof rule === 'string') report(text, rule)
    else rules.push({ ...rule, place: `\`routes\` itself` })
  }
  growRoutes(rules, ({ earlier, later }) =>
    report(later.text, `takes the same requests as \`${earlier.text}\` (${earlier.name}) here`),
  )
  return { rules }
}

function checkFile(written: Readonly<Record<string, string>>, report: Report): RouteSource {
  const { file = '', host, base_path: basePath } = written
  for (const key of Object.keys(written).filter(key => !FILE_KEYS.includes(key))) {
    const near = nearestName(key, FILE_KEYS)
    report(key, `unknown key${near === undefined ? '' : `; did you mean \`${near}\`?`}`)
  }
  if (host !== undefined && !isHost(host))
    report('host', `\`${host}\` is not a host such as \`api.example.com\` or \`*.example.com\``)
  if (basePath !== undefined && parseBasePath(basePath) === undefined)
    report('base_path', `\`${basePath}\` is not the beginning of paths, such as /api/v1`)
  return { file, host: host?.toLowerCase(), basePath }
}

/** `METHOD /path: name`, or `file: name`, with what holds for the whole file. */
const mapping = z.record(z.string(), z.string()).transform((written, context) => {
  const report: Report = (key, message) => {
    context.addIssue({ code: 'custom', path: [key], message })
  }
  return written['file'] === undefined ? checkRules(written, report) : checkFile(written, report)
})

const fileName = z
  .string()
  .trim()
  .min(1)
  .transform((file): RouteSource => {
    return { file, host: undefined, basePath: undefined }
  })

/**
 * `crunch.routes`: rules, or the name of a file, or a list of both. A file in the list may be
 * `{ file, host, base_path }`.
 */
export const routesConfig = z
  .union([
    fileName.transform(source => [source]),
    z.array(z.union([fileName, mapping])),
    mapping.transform(source => [source]),
  ])
  .default([])

export type RoutesConfig = readonly RouteSource[]
