import { readFileSync } from 'node:fs'
import { type AnyNode, type CallExpression, parse, type Program } from 'acorn'
import { FerryError } from '../core/errors.ts'
import { utf8Text } from '../core/utf8.ts'
import { childrenOf, findFreeNames, type FreeName } from './free-names.ts'
import { findInclude, type IncludeFolders } from './include.ts'
import { isJavaScriptName } from './javascript.ts'
import { compileTemplate, type TemplateProgram } from './program.ts'
import { explainSyntaxError } from './syntax-error.ts'

/** A name with the first line that uses it. */
export interface NamedLine {
  readonly name: string
  readonly line: number
}

export interface IncludeCall extends NamedLine {
  /** Names that it passes on with `include(file, { name: ... })`; undefined: they are computed. */
  readonly passes: readonly string[] | undefined
}

export interface SourceCall {
  readonly source: string
  readonly table: string
  readonly line: number
}

/** What a template says of itself without being run. */
export interface TemplateScan {
  /** Variables it cannot do without: names it neither declares nor sets, once each. */
  readonly variables: readonly NamedLine[]
  /** Variables it can do without: `ctx.NAME` that is read. */
  readonly optional: readonly NamedLine[]
  /** Variables it gives to those that follow: `set('NAME', ...)`, `ctx.NAME = ...`. */
  readonly assigned: readonly NamedLine[]
  readonly refs: readonly NamedLine[]
  readonly sources: readonly SourceCall[]
  /** `name` is the path as it is written. */
  readonly includes: readonly IncludeCall[]
  /** Calls of ref, source and include whose arguments are only known when it runs. */
  readonly dynamic: readonly NamedLine[]
}

/** Names that Ferry gives to every template. */
const GIVEN = new Set(
  'after ctx identifier include literal ref set source today yesterday'.split(' '),
)

/**
 * Reads what a template uses from its JavaScript, parsed by acorn, not from a trial run: a run would
 * see one branch of each `if` only, need a value for every variable and call what it finds.
 * Included files are not looked into. @throws FerryError TEMPLATE_INVALID
 */
export function scanTemplate(file: string, text: string): TemplateScan {
  const scan = {
    variables: [] as NamedLine[],
    optional: [] as NamedLine[],
    assigned: [] as NamedLine[],
    refs: [] as NamedLine[],
    sources: [] as SourceCall[],
    includes: [] as IncludeCall[],
    dynamic: [] as NamedLine[],
  }
  if (!text.includes('<%')) return scan
  const program = compileTemplate(file, text)
  const tree = parseBody(file, program)
  const lineOf = (node: AnyNode): number => program.lineOfBody(node.loc?.start.line ?? 1)
  const free = findFreeNames(tree)
  for (const node of walk(tree)) {
    if (node.type === 'CallExpression') readCall(node, lineOf(node), scan)
    if (node.type === 'AssignmentExpression') {
      const name = contextName(node.left)
      if (name !== undefined) scan.assigned.push({ name, line: lineOf(node) })
    }
    const name = contextName(node)
    if (name !== undefined) scan.optional.push({ name, line: lineOf(node) })
  }
  scan.variables = variablesOf(free, program)
  return { ...scan, ...withoutRepeats(scan) }
}

export interface References {
  readonly refs: readonly NamedLine[]
  readonly sources: readonly SourceCall[]
  /** The files that it includes, and those that they include, as shown in errors. */
  readonly includes: readonly string[]
}

/**
 * Which models and source tables a template reads, with those of the files that it includes; what
 * an include reads has the include's line. Each name once.
 * @throws FerryError TEMPLATE_INVALID; also when a name is not written out, since then no rule could
 * be made from it
 */
export function extractReferences(
  file: string,
  text: string,
  folders: IncludeFolders = { directory: '.', roots: [] },
): References {
  const refs = new Map<string, NamedLine>()
  const sources = new Map<string, SourceCall>()
  const includes = new Set<string>()
  const collect = (at: string, content: string, parents: readonly string[], line?: number) => {
    const scan = scanTemplate(at, content)
    const [unclear] = scan.dynamic
    if (unclear !== undefined) throw notWrittenOut(at, unclear)
    for (const one of scan.refs) {
      if (!refs.has(one.name)) refs.set(one.name, { ...one, line: line ?? one.line })
    }
    for (const one of scan.sources) {
      const key = JSON.stringify([one.source, one.table])
      if (!sources.has(key)) sources.set(key, { ...one, line: line ?? one.line })
    }
    for (const include of scan.includes) {
      const found = findIncludeAt(at, include, parents)
      const inner = utf8Text(readFileSync(found.path), found.file)
      includes.add(found.file)
      collect(found.file, inner, [...parents, found.path], line ?? include.line)
    }
  }
  const findIncludeAt = (at: string, { name, line }: NamedLine, parents: readonly string[]) => {
    try {
      return findInclude(name, at, folders, parents)
    } catch (error) {
      if (!(error instanceof FerryError)) throw error
      const { code, message, hint } = error
      const details = { file: at, line }
      throw new FerryError(code, `${at}:${line}: ${message}`, { hint, details, cause: error })
    }
  }
  collect(file, text, [])
  return { refs: [...refs.values()], sources: [...sources.values()], includes: [...includes] }
}

function notWrittenOut(file: string, { name, line }: NamedLine): FerryError {
  return new FerryError(
    'TEMPLATE_INVALID',
    `${file}:${line}: \`${name}\` takes names written out, not computed`,
    {
      hint: `write ${name}('...'), so that Ferry can tell make what is read`,
      details: { file, line },
    },
  )
}

/** Acorn only knows whole programs, V8 only whether; so V8's opinion is asked when acorn stumbles. */
function parseBody(file: string, program: TemplateProgram): Program {
  try {
    return parse(program.body, {
      ecmaVersion: 'latest',
      locations: true,
      allowReturnOutsideFunction: true,
    })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw explainSyntaxError(file, program, error)
  }
}

function* walk(node: AnyNode): Generator<AnyNode> {
  yield node
  for (const child of childrenOf(node)) yield* walk(child)
}

interface Calls {
  readonly refs: NamedLine[]
  readonly sources: SourceCall[]
  readonly includes: IncludeCall[]
  readonly assigned: NamedLine[]
  readonly dynamic: NamedLine[]
}

function readCall(call: CallExpression, line: number, into: Calls): void {
  if (call.callee.type !== 'Identifier') return
  const callee = call.callee.name
  const [first, second] = call.arguments.map(literalText)
  const unclear = (): void => void into.dynamic.push({ name: callee, line })
  switch (callee) {
    case 'ref':
      if (first === undefined) unclear()
      else into.refs.push({ name: first, line })
      break
    case 'source':
      if (first === undefined || second === undefined) unclear()
      else into.sources.push({ source: first, table: second, line })
      break
    case 'include':
      if (first === undefined) unclear()
      else into.includes.push({ name: first, line, passes: namesPassed(call.arguments[1]) })
      break
    case 'set':
      if (first !== undefined) into.assigned.push({ name: first, line })
      break
    default:
  }
}

function namesPassed(node: AnyNode | undefined): string[] | undefined {
  if (node === undefined) return []
  if (node.type !== 'ObjectExpression') return undefined
  const names = node.properties.map(property =>
    property.type === 'Property' && !property.computed && property.key.type === 'Identifier'
      ? property.key.name
      : undefined,
  )
  return names.every(name => name !== undefined) ? names : undefined
}

/** The text of a string that is written out, or undefined. */
function literalText(node: AnyNode): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type !== 'TemplateLiteral' || node.expressions.length > 0) return undefined
  return node.quasis[0]?.value.cooked ?? undefined
}

/** `NAME` of `ctx.NAME` and `ctx['NAME']`. */
function contextName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  if (node.object.type !== 'Identifier' || node.object.name !== 'ctx') return undefined
  if (node.computed) return literalText(node.property)
  return node.property.type === 'Identifier' ? node.property.name : undefined
}

function variablesOf(free: readonly FreeName[], program: TemplateProgram): NamedLine[] {
  return free
    .filter(({ name }) => !GIVEN.has(name) && !isJavaScriptName(name) && !name.startsWith('__'))
    .map(({ name, line }) => ({ name, line: program.lineOfBody(line) }))
}

/** Names once each; what a template assigns itself is neither needed nor optional. */
function withoutRepeats(scan: Pick<TemplateScan, 'variables' | 'optional' | 'assigned'>) {
  const once = (names: readonly NamedLine[]): NamedLine[] =>
    names.filter((one, index) => names.findIndex(other => other.name === one.name) === index)
  const assigned = once(scan.assigned)
  const isAssigned = (name: string): boolean => assigned.some(one => one.name === name)
  return {
    assigned,
    variables: once(scan.variables).filter(one => !isAssigned(one.name)),
    optional: once(scan.optional).filter(one => !isAssigned(one.name)),
  }
}
