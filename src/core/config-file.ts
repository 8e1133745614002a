import {
  type Document,
  LineCounter,
  type Node,
  parseDocument,
  isMap,
  isNode,
  isScalar,
  visit,
} from 'yaml'
import * as z from 'zod'
import { FerryError } from './errors.ts'
import { nearestName } from './nearest.ts'

export interface ConfigSource {
  /** As shown in errors: `ferry.yaml`. */
  readonly file: string
  readonly text: string
  /** Where `${NAME}` comes from; without it, `${NAME}` is ordinary text. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

interface Finding {
  readonly line: number
  readonly column: number
  readonly message: string
}

/**
 * Parses a YAML file against a schema. `${NAME}` and `${NAME:-default}` in values come from the
 * environment. All findings are reported at once, each as `file:line:column: what`.
 * An empty file is an empty mapping. @throws FerryError CONFIG_INVALID
 */
export function parseConfig<Schema extends z.ZodType>(
  source: ConfigSource,
  schema: Schema,
): z.output<Schema> {
  const counter = new LineCounter()
  const document = parseDocument(source.text, { lineCounter: counter })
  const findings: Finding[] = []
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = counter.linePos(offset)
    return { line, column: col }
  }

  for (const error of document.errors) {
    const message = error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? error.code
    findings.push({ ...place(error.pos[0]), message })
  }
  const { environment } = source
  if (findings.length === 0 && environment !== undefined) {
    fillIn(document, environment, (name, offset) => {
      findings.push({
        ...place(offset),
        message: `the environment variable \`${name}\` is not set (write \`\${${name}:-default}\` to do without)`,
      })
    })
  }
  if (findings.length === 0) {
    // A schema that is used once in a process is not worth compiling. The setting reaches only the
    // schemas declared after it; those that are there already look at the option.
    z.config({ jitless: true })
    const content: unknown = document.contents === null ? {} : document.toJS()
    const parsed = schema.safeParse(content, { jitless: true })
    if (parsed.success) return parsed.data
    for (const issue of flattenIssues(parsed.error.issues)) {
      const node = nodeAt(document.contents, issue.path)
      for (const message of describeIssue(issue, schema)) {
        findings.push({ ...place(keyOffset(node, issue, document.contents)), message })
      }
    }
  }
  findings.sort((a, b) => a.line - b.line || a.column - b.column)
  throw new FerryError(
    'CONFIG_INVALID',
    findings.map(f => `${source.file}:${f.line}:${f.column}: ${f.message}`).join('\n'),
    { details: { file: source.file, findings } },
  )
}

/**
 * What can be made out of a file that `parseConfig` refuses, unchecked: for reporting that it was
 * refused. A value whose environment variable is missing is left out; undefined when nothing is sound.
 */
export function readLoosely({ text, environment = {} }: ConfigSource): unknown {
  const document = parseDocument(text)
  fillIn(document, environment, () => {}, null)
  try {
    return document.toJS()
  } catch {
    return undefined // whatever the library throws for an alias without an anchor and the like
  }
}

/** Puts the environment's values in; one with a missing variable becomes `missingValue`, if given. */
function fillIn(
  document: Document,
  environment: Readonly<Record<string, string | undefined>>,
  onMissing: (name: string, offset: number) => void,
  missingValue?: null,
): void {
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return
      const missing: string[] = []
      const text = interpolate(node.value, environment, missing)
      for (const name of missing) onMissing(name, node.range?.[0] ?? 0)
      node.value = missing.length > 0 && missingValue !== undefined ? missingValue : text
    },
  })
}

function interpolate(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
  missing: string[],
): string {
  return text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_, name: string, fallback: string | undefined) => {
      const value = environment[name]
      if (value !== undefined && value !== '') return value
      if (fallback !== undefined) return fallback
      missing.push(name)
      return ''
    },
  )
}

type Issue = z.core.$ZodIssue

/** A union's issues are those of the member that came furthest; the others only confuse. */
function flattenIssues(issues: readonly Issue[]): Issue[] {
  return issues.flatMap(issue => {
    if (issue.code !== 'invalid_union') return [issue]
    const depth = (member: readonly Issue[]): number =>
      Math.max(0, ...member.map(one => one.path.length))
    const members = issue.errors.filter(member => depth(member) > 0)
    const best = members.sort((a, b) => depth(b) - depth(a))[0]
    if (best === undefined) return [issue]
    return flattenIssues(best.map(one => ({ ...one, path: [...issue.path, ...one.path] })))
  })
}

function describeIssue(issue: Issue, schema: z.ZodType): string[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path)
    return issue.keys.map(key => {
      const near = nearestName(key, known)
      const hint =
        near === undefined
          ? known.length > 0
            ? `; known here: ${known.join(', ')}`
            : ''
          : `; did you mean \`${near}\`?`
      return `unknown key \`${[path, key].filter(Boolean).join('.')}\`${hint}`
    })
  }
  // Of a key that may not be so, what is wrong with it says more than that it is wrong.
  const message = (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message
  return [`\`${path}\`: ${message.charAt(0).toLowerCase()}${message.slice(1)}`]
}

/** The keys an object schema knows at a path; empty where the schema is not an object. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current: unknown = schema
  for (const key of path) current = memberOf(unwrap(current), key)
  const object = unwrap(current)
  return isObjectSchema(object) ? Object.keys(object.shape) : []
}

function unwrap(schema: unknown): unknown {
  let current = schema
  for (;;) {
    const def = definition(current)
    if (def === undefined) return current
    if (def['innerType'] !== undefined) current = def['innerType']
    else if (def['in'] !== undefined) current = def['in']
    else if (Array.isArray(def['options'])) {
      const object: unknown = def['options'].find(option => isObjectSchema(unwrap(option)))
      if (object === undefined) return current
      current = object
    } else return current
  }
}

function memberOf(schema: unknown, key: PropertyKey): unknown {
  if (isObjectSchema(schema)) return schema.shape[String(key)]
  const def = definition(schema)
  return def?.['valueType'] ?? def?.['element']
}

function definition(schema: unknown): Record<string, unknown> | undefined {
  if (typeof schema !== 'object' || schema === null || !('def' in schema)) return undefined
  return typeof schema.def === 'object' && schema.def !== null ? { ...schema.def } : undefined
}

function isObjectSchema(schema: unknown): schema is { shape: Record<string, unknown> } {
  return typeof schema === 'object' && schema !== null && 'shape' in schema
}

function nodeAt(root: unknown, path: readonly PropertyKey[]): Node | undefined {
  let node: unknown = root
  for (const key of path) {
    const next: unknown = isNode(node) && 'get' in node ? childOf(node, key) : undefined
    if (!isNode(next)) break
    node = next
  }
  return isNode(node) ? node : undefined
}

function childOf(node: Node, key: PropertyKey): unknown {
  if (!('items' in node) || !Array.isArray(node.items)) return undefined
  if (isMap(node)) {
    return node.items.find(item => isScalar(item.key) && String(item.key.value) === String(key))
      ?.value
  }
  return node.items[Number(key)]
}

/** Where to point: at the unknown key itself, else at the value. */
function keyOffset(node: Node | undefined, issue: Issue, root: unknown): number {
  if (issue.code === 'unrecognized_keys' && isMap(node)) {
    for (const item of node.items) {
      if (isScalar(item.key) && issue.keys.includes(String(item.key.value))) {
        return item.key.range?.[0] ?? 0
      }
    }
  }
  return node?.range?.[0] ?? (isNode(root) ? (root.range?.[0] ?? 0) : 0)
}
