import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { compileFunction } from 'node:vm'
import { asLocalIoError } from '../core/errors.ts'
import { utf8Text } from '../core/utf8.ts'
import { explain, placeError, type RunningTemplate, UnexplainedSyntaxError } from './failure.ts'
import { findInclude, type IncludeFolders } from './include.ts'
import { createLineMap, type LineMap } from './line-map.ts'
import { compileTemplate, type TemplateProgram, type Writer } from './program.ts'
import { createScope, type Names } from './scope.ts'
import { type Fragment, SegmentWriter } from './writer.ts'

/** One row of a result, by column name. */
export type ResultRow = Readonly<Record<string, unknown>>

export interface TemplateSource {
  /** As shown in errors. Includes are looked up beside it first. */
  readonly file: string
  readonly text: string
}

export interface TemplateEnvironment extends IncludeFolders {
  /**
   * The variables, by name: given by the user, and set by templates with `set('x', 1)` or
   * `ctx.x = 1`. Templates that are rendered with the same object share them.
   */
  readonly context: Record<string, unknown>
  /** Names of Ferry's own: `identifier`, `today`, `ref`. No variable can take their place. */
  readonly builtins: Names
}

/** What a template asked to be done with its rows: `after(rows => ...)`. */
export type AfterStep = (rows: readonly ResultRow[]) => Promise<void>

export interface RenderedTemplate {
  readonly sql: string
  readonly lineMap: LineMap
  /** In the order of the template; to be run before the next template is rendered. */
  readonly after: readonly AfterStep[]
}

/**
 * Renders one template to SQL. @throws FerryError with the file and the line: TEMPLATE_INVALID for
 * wrong syntax, an unknown name, anything thrown inside and a file that includes itself;
 * INPUT_MISSING for an include that is not there; the code of an error that a builtin throws
 */
export async function renderTemplate(
  source: TemplateSource,
  environment: TemplateEnvironment,
): Promise<RenderedTemplate> {
  const rendering: Rendering = { environment, programs: new Map(), after: [] }
  try {
    const { sql, segments } = run({ ...source, parents: [], extra: {} }, rendering)
    return { sql, lineMap: createLineMap(source.file, sql, segments), after: rendering.after }
  } catch (error) {
    throw await explain(error)
  }
}

/** What the templates of one call of renderTemplate have in common. */
interface Rendering {
  readonly environment: TemplateEnvironment
  /** By file: an include in a loop is compiled once. */
  readonly programs: Map<string, RunnableProgram>
  readonly after: AfterStep[]
}

interface RunnableProgram extends TemplateProgram {
  readonly scriptName: string
  readonly run: (it: object, out: Writer) => string
}

interface OpenTemplate extends TemplateSource {
  /** Absolute paths of the files that include this one, outermost first. */
  readonly parents: readonly string[]
  /** Names that are known in this file and in what it includes. */
  readonly extra: Names
}

function run(template: OpenTemplate, rendering: Rendering): Fragment {
  const program = programOf(template, rendering)
  const writer = new SegmentWriter(template.file, program.outputs)
  const layers: Names[] = []
  const scope = createScope(layers)
  const running: RunningTemplate = {
    file: template.file,
    program,
    scriptName: program.scriptName,
    line: () => writer.line,
    names: () => scope.names(),
  }
  const { builtins, context } = rendering.environment
  const own = templateNames({ template, rendering, writer, running })
  layers.push(own, builtins, template.extra, context)
  try {
    return { sql: program.run(scope.proxy, writer), segments: writer.segments }
  } catch (error) {
    throw placeError(error, running)
  }
}

/** Names that `renderTemplate` itself gives. */
const OWN_NAMES = ['ctx', 'set', 'include', 'after']

/** Whether a variable of this name could not be seen. Builtins are reserved too. */
export function isReservedName(name: string): boolean {
  return OWN_NAMES.includes(name)
}

interface Running {
  readonly template: OpenTemplate
  readonly rendering: Rendering
  readonly writer: SegmentWriter
  readonly running: RunningTemplate
}

/** The names that mean something else in each file. */
function templateNames({ template, rendering, writer, running }: Running): Names {
  const { context, builtins } = rendering.environment
  return {
    ctx: context,
    set: (name: unknown, value: unknown) => {
      if (typeof name !== 'string') throw new TypeError('set() takes a name and a value')
      if (Object.hasOwn(builtins, name) || isReservedName(name)) {
        throw new TypeError(`\`${name}\` is a name of Ferry's own and cannot be set`)
      }
      context[name] = value
    },
    include: (name: unknown, more: Names = {}) => {
      if (typeof name !== 'string') throw new TypeError('include() takes the name of a file')
      const fragment = run(openInclude(name, more, { template, rendering }), rendering)
      writer.remember(fragment)
      return fragment.sql
    },
    after: (step: unknown) => {
      if (typeof step !== 'function') throw new TypeError('after() takes a function of the rows')
      rendering.after.push(async rows => {
        try {
          await step(rows)
        } catch (error) {
          throw await explain(placeError(error, running))
        }
      })
    },
  }
}

function openInclude(
  name: string,
  more: Names,
  { template, rendering }: Pick<Running, 'template' | 'rendering'>,
): OpenTemplate {
  const { environment } = rendering
  const found = findInclude(name, template.file, environment, template.parents)
  return {
    file: found.file,
    text: readTemplate(found.path, found.file),
    parents: [...template.parents, resolve(environment.directory, template.file)],
    extra: { ...template.extra, ...more },
  }
}

function readTemplate(path: string, file: string): string {
  try {
    return utf8Text(readFileSync(path), file)
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}

let scripts = 0

/** @throws FerryError TEMPLATE_INVALID, UnexplainedSyntaxError */
function programOf({ file, text }: OpenTemplate, { programs }: Rendering): RunnableProgram {
  const known = programs.get(file)
  if (known !== undefined) return known
  const program = compileTemplate(file, text)
  scripts += 1
  const scriptName = `ferry-template-${scripts}`
  const runnable = { ...program, scriptName, run: compileScript(file, program, scriptName) }
  programs.set(file, runnable)
  return runnable
}

function compileScript(
  file: string,
  program: TemplateProgram,
  scriptName: string,
): RunnableProgram['run'] {
  try {
    const script = compileFunction(program.code, ['it', '__out'], { filename: scriptName })
    // Eta's own functions, which the code begins with, ask `this` for the configuration.
    const eta = { config: {} }
    return (it, out) => script.call(eta, it, out) as string // what eta's code returns
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UnexplainedSyntaxError(file, program, error)
  }
}
