import type { ModelProject } from '../models/model.ts'
import type { Project } from './project.ts'

/** What the models' room needs of a project. */
export function modelProject({ directory, config }: Project): ModelProject {
  return {
    directory,
    folder: config.models,
    warehouses: config.warehouses,
    sources: config.sources,
  }
}
