import { join } from 'node:path'
import preamble from '../flow/preamble.mk'
import { type RulesInput, writeRules } from '../flow/rules.ts'
import type { MakeRule } from '../formats/make-rule.ts'
import { loadModels } from '../models/load-models.ts'
import { modelRules } from '../models/rules.ts'
import { modelProject } from './model-project.ts'
import { openProject, type Project } from './project.ts'

/** Where Ferry is installed: dist/ (or src/cli/) lies in it. */
const ferryHome = (): string => import.meta.dirname.replace(/\/(?:dist(?:\/chunks)?|src\/cli)$/, '')

/** What the rooms tell flow about a project. */
interface ProjectRules {
  readonly rules: readonly MakeRule[]
  /** Files and folders that the rules come from, relative to the project. */
  readonly sources: readonly string[]
}

/** Collects the make rules of every room that has some. */
async function collectRules(project: Project): Promise<ProjectRules> {
  const { models, folders } = await loadModels(modelProject(project))
  const files = models.flatMap(model => [model.file, ...model.reads.includes])
  return {
    rules: modelRules(models, project.config.sources),
    // `models/.`, as make knows `models` for the alias of every model.
    sources: [...new Set(['ferry.yaml', ...folders.map(folder => `${folder}/.`), ...files])],
  }
}

/** What .ferry/rules.mk is written from. @throws FerryError as the rooms that have rules do */
export async function describeRules(project: Project): Promise<RulesInput> {
  const { rules, sources } = await collectRules(project)
  return { home: ferryHome(), timeZone: project.config.timezone, preamble, rules, sources }
}

/**
 * Writes .ferry/rules.mk of the project around `from`; returns its path and whether it changed.
 * @throws FerryError CONFIG_INVALID; the old rules then stay
 */
export async function refreshRules(
  from: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly path: string; readonly changed: boolean }> {
  const readAt = new Date()
  const project = await openProject(from, environment)
  const changed = await writeRules(project.directory, await describeRules(project), readAt)
  return { path: join(project.directory, '.ferry/rules.mk'), changed }
}
