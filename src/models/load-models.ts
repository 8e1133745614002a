import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import { utf8Text } from '../core/utf8.ts'
import { checkGraph, findWrongNames, orderModels } from './graph.ts'
import { findModelFiles, type ModelFile, type ModelFolder } from './model-files.ts'
import {
  type Model,
  type ModelProject,
  parseModel,
  readReferences,
  type ReadingModel,
} from './model.ts'

export interface LoadedModels extends Omit<ModelFolder, 'models'> {
  /** Sorted by name. */
  readonly models: readonly ReadingModel[]
}

/** Files open at once: enough to keep the disk busy, far below any limit of descriptors. */
const FILES_AT_ONCE = 64

/**
 * Reads all models of a project and checks them against each other. Nothing is rendered.
 * @throws FerryError MODEL_INVALID, TEMPLATE_INVALID
 */
export async function loadModels(project: ModelProject): Promise<LoadedModels> {
  const { models: files, folders } = await findModelFiles(project.directory, project.folder)
  const models: ReadingModel[] = []
  const findings: FerryError[] = []
  for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
    const batch = files.slice(at, at + FILES_AT_ONCE)
    const texts = await Promise.all(batch.map(file => readModel(file, project)))
    for (const [index, file] of batch.entries()) {
      try {
        const model = parseModel(file, texts[index] ?? '', project)
        models.push(readReferences(model, project))
      } catch (error) {
        if (!(error instanceof FerryError)) throw error
        findings.push(error)
      }
    }
  }
  const [first] = findings
  if (first !== undefined) {
    const message = findings.map(one => one.message).join('\n')
    const hint = findings.length === 1 ? first.hint : undefined
    throw new FerryError(first.code, message, { hint, cause: first })
  }
  checkGraph(models, project)
  return { models, folders }
}

/** Models to build, and the headers of those that they read. */
export interface SomeModels {
  /** In an order in which each comes after those of the others that it reads. */
  readonly chosen: readonly ReadingModel[]
  /** By name: the chosen ones and those that they read. */
  readonly known: ReadonlyMap<string, Model>
}

/**
 * Reads the named models and the headers of those that they read, no others: what the whole project
 * says is checked when the rules are made. @throws FerryError MODEL_INVALID, USAGE, TEMPLATE_INVALID
 */
export async function loadSomeModels(
  names: readonly string[],
  project: ModelProject,
): Promise<SomeModels> {
  const { models: files } = await findModelFiles(project.directory, project.folder)
  const byName = new Map(files.map(file => [file.name, file]))
  const known = new Map<string, Model>()
  const load = async (file: ModelFile): Promise<Model> => {
    const model = parseModel(file, await readModel(file, project), project)
    known.set(file.name, model)
    return model
  }
  const chosen: ReadingModel[] = []
  for (const name of new Set(names)) {
    const file = byName.get(name)
    if (file === undefined) throw noModel(name, [...byName.keys()], project)
    chosen.push(readReferences(await load(file), project))
  }
  const findings: string[] = []
  for (const model of chosen) {
    for (const { name } of model.reads.refs) {
      const file = known.has(name) ? undefined : byName.get(name)
      if (file !== undefined) await load(file)
    }
    const names = { model: (name: string) => known.get(name), names: [...byName.keys()] }
    findings.push(...findWrongNames(model, names, project.sources))
  }
  if (findings.length > 0) throw new FerryError('MODEL_INVALID', findings.join('\n'))
  return { chosen: orderModels(chosen), known }
}

function noModel(name: string, known: readonly string[], project: ModelProject): FerryError {
  const near = nearestName(name, known)
  return new FerryError('USAGE', `no model \`${name}\` in \`${project.folder}\``, {
    hint: near === undefined ? undefined : `did you mean: ferry model ${near}`,
  })
}

async function readModel(file: ModelFile, project: ModelProject): Promise<string> {
  const path = join(project.directory, file.file)
  try {
    return utf8Text(await readFile(path), file.file)
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}
