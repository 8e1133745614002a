import { join } from 'node:path'
import type { LogicalDate } from '../core/logical-date.ts'
import type { ScheduledTarget } from '../flow/calendar.ts'
import preamble from '../flow/preamble.mk'
import { type RulesInput, writeRules } from '../flow/rules.ts'
import { eventRules } from '../collector/rules.ts'
import { crunchRules } from '../cruncher/rules.ts'
import { mirrorRules } from '../mirror/rules.ts'
import { tasksOf } from '../mirror/table-task.ts'
import type { MakeRule } from '../formats/make-rule.ts'
import { loadRules } from '../loader/rules.ts'
import { loadModels } from '../models/load-models.ts'
import { modelRules, receiptTarget } from '../models/rules.ts'
import { pullRules } from '../pull/rules.ts'
import { compareRules, loadedTarget } from '../quality/compare/rules.ts'
import { checkRules } from '../quality/rules.ts'
import { deliveredTables } from './load/delivered-tables.ts'
import { modelProject } from './model-project.ts'
import { openProject, type Project, type ProjectConfig } from './project.ts'

/** Where Ferry is installed: dist/ (or src/cli/) lies in it. */
const ferryHome = (): string => import.meta.dirname.replace(/\/(?:dist|src\/cli)$/, '')

/** What the rooms tell flow about a project. */
type ProjectRules = Pick<RulesInput, 'rules' | 'sources' | 'sourceFolders'>

/** Collects the make rules of every room that has some. */
async function collectRules(project: Project): Promise<ProjectRules> {
  const { models, folders } = await loadModels(modelProject(project))
  const files = models.flatMap(model => [model.file, ...model.reads.includes])
  const moved = [
    ...modelRules(models, project.config.sources),
    ...eventRules(project.config.collect),
    ...crunchRules(project.config.crunch),
    ...pullRules(project.config.pull),
    ...mirrorRules(project.config.sources),
    ...loadRules(deliveredTables(project.config)),
  ]
  const rules = [...moved, ...compareRules(comparedTables(project.config, moved))]
  return {
    rules: [...rules, ...checkRules(rules, project.config.run.targets)],
    sources: [...new Set(['ferry.yaml', ...files])],
    sourceFolders: folders,
  }
}

/** Tables that are mirrored, that a rule loads, and that are to be compared. */
function comparedTables({ sources }: ProjectConfig, rules: readonly MakeRule[]): readonly string[] {
  const made = new Set(rules.map(rule => rule.target))
  return Object.entries(sources)
    .flatMap(([source, config]) => (config.compare === false ? [] : tasksOf(source, config)))
    .map(({ name }) => name)
    .filter(name => made.has(loadedTarget(name)))
}

/** The models that run on some nights only, by their make targets on a date. */
export async function scheduledModels(
  project: Project,
  date: LogicalDate,
): Promise<ScheduledTarget[]> {
  const { models } = await loadModels(modelProject(project))
  return models.flatMap(({ name, header }) => {
    const target = receiptTarget(name).replace('$(TODAY)', date)
    return header.schedule === undefined ? [] : [{ target, rule: header.schedule }]
  })
}

/** What .ferry/rules.mk is written from. @throws FerryError as the rooms that have rules do */
export async function describeRules(project: Project): Promise<RulesInput> {
  const told = await collectRules(project)
  return { home: ferryHome(), timeZone: project.config.timezone, preamble, ...told }
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
