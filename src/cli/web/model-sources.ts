import type { Logger } from '../../core/logger.ts'
import type { ModelSource } from '../../dashboard/kpi-source.ts'
import { loadModels } from '../../models/load-models.ts'
import { modelProject } from '../model-project.ts'
import type { Project } from '../project.ts'

/** Models are read again after so long: a page that is left open sees what was changed. */
const FRESH_MS = 3_000

/** Every model of a project for its pages. Of a project whose models are wrong nothing is shown, and it is told. */
export function modelSources(
  project: Project,
  logger: Logger,
): () => Promise<readonly ModelSource[]> {
  let known: { readonly at: number; readonly models: Promise<readonly ModelSource[]> } | undefined
  return () => {
    const now = Date.now()
    if (known === undefined || now - known.at > FRESH_MS) {
      const models = readModels(project).catch((error: unknown) => {
        logger.warn(`cannot read the models: ${error instanceof Error ? error.message : 'unknown'}`)
        return []
      })
      known = { at: now, models }
    }
    return known.models
  }
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
