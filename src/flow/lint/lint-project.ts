import { withoutAllowed } from './allowed.ts'
import { dependencyCycles } from './dependency-cycles.ts'
import { earlyDependants } from './double-colon.ts'
import { type Finding, type Place, sortFindings } from './finding.ts'
import { type MakeViewOptions, readMakeView } from './make-view.ts'
import { unreachableTargets } from './reachability.ts'
import { createTemplateReader } from './read-template.ts'
import { recipeLines } from './recipe-commands.ts'
import { templateVariables } from './template-variables.ts'
import { unknownReferences } from './unknown-references.ts'
import { unusedFiles } from './unused-files.ts'
import { createVariablesReader } from './variables-file.ts'
import { directOutputs, twoWriters } from './writers.ts'

export interface LintOptions {
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** As on make's command line: TODAY=2026-03-01. */
  readonly variables: Readonly<Record<string, string>>
  /** `run.targets` and `run.failure_targets`. */
  readonly nightly: readonly string[]
  readonly placeOfNightly: (target: string) => Place
  /** The text of .ferry/rules.mk as it should be; undefined: take the file as it is. */
  readonly rulesText: string | undefined
  readonly modelsFolder: string
  /** Files of the models, relative to the project. */
  readonly modelFiles: readonly string[]
  /** Folders where templates look for what they include, besides their own. */
  readonly includeRoots: readonly string[]
  readonly signal: AbortSignal
}

/**
 * Everything that is wrong with a project as far as make, its recipes and its templates tell, by
 * file and line. No recipe runs; no file and no time stamp changes.
 * @throws FerryError CONFIG_INVALID when make cannot read the makefile, TOOL_MISSING without make
 */
export async function lintProject(options: LintOptions): Promise<Finding[]> {
  const makeOptions: MakeViewOptions = { ...options, goals: options.nightly }
  const view = await readMakeView(makeOptions)
  const lines = recipeLines(view)
  const findings = [
    ...unknownReferences(view, options.placeOfNightly),
    ...dependencyCycles(view),
    ...earlyDependants(view),
    ...unreachableTargets(view, options.nightly),
    ...twoWriters(view, lines),
    ...directOutputs(view),
    ...(await templateVariables(lines, {
      readTemplate: createTemplateReader(options.directory, options.includeRoots),
      readVariables: createVariablesReader(options.directory),
    })),
    ...(await unusedFiles(view, {
      directory: options.directory,
      folders: ['scripts', options.modelsFolder],
      usedAnyway: new Set(options.modelFiles),
    })),
  ]
  return withoutAllowed(options.directory, sortFindings(findings))
}
