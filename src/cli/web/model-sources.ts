import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../core/logger.ts'
import type { ModelSource } from '../../dashboard/kpi-source.ts'
import { loadModels } from '../../models/load-models.ts'
import { modelProject } from '../model-project.ts'
import type { Project } from '../project.ts'

/** Files are looked at again after so long: a page that is left open sees what was changed. */
const FRESH_MS = 1_000

/**
 * Every model of a project for its pages, read again when a file of the models' folder is another. Of a project
 * whose models are wrong nothing is shown, and it is told.
 */
export function modelSources(
  project: Project,
  logger: Logger,
): () => Promise<readonly ModelSource[]> {
  const folder = join(project.directory, modelProject(project).folder)
  let lookedAt = 0
  let known:
    | { readonly version: string; readonly models: Promise<readonly ModelSource[]> }
    | undefined
  return () => {
    const now = Date.now()
    if (known !== undefined && now - lookedAt < FRESH_MS) return known.models
    lookedAt = now
    const version = versionOf(folder)
    if (known?.version === version) return known.models
    const models = readModels(project).catch((error: unknown) => {
      logger.warn(`cannot read the models: ${error instanceof Error ? error.message : 'unknown'}`)
      return []
    })
    known = { version, models }
    return models
  }
}

/** Names, sizes and times of all files in a folder. */
function versionOf(folder: string): string {
  const names =
    statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      : []
  const files = names.map(name => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false })
    return `${name} ${found?.size} ${found?.mtimeMs}`
  })
  return files.join('\n')
}

async function readModels(project: Project): Promise<readonly ModelSource[]> {
  const { models } = await loadModels(modelProject(project))
  const readBy = new Map<string, string[]>()
  for (const { name, reads } of models) {
    for (const ref of reads.refs) readBy.set(ref.name, [...(readBy.get(ref.name) ?? []), name])
  }
  return models.map(({ name, file, text, reads }) => ({
    name,
    file,
    sql: text,
    reads: [
      ...reads.refs.map(ref => ref.name),
      ...reads.sources.map(({ source, table }) => `${source}.${table}`),
    ],
    readBy: readBy.get(name) ?? [],
  }))
}
