import { FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import type { Relation } from '../databases/dialect.ts'
import type { TableConfig, WarehouseConfig } from '../databases/config.ts'
import { extractReferences, type References } from '../templates/scan.ts'
import type { ModelFile } from './model-files.ts'
import { type ModelHeader, parseModelHeader } from './header.ts'

/** What the models of a project need of its configuration. */
export interface ModelProject {
  /** Absolute. */
  readonly directory: string
  /** Of the models, relative to the project. */
  readonly folder: string
  /** The first is the default. */
  readonly warehouses: Readonly<Record<string, WarehouseConfig>>
  readonly sources: Readonly<Record<string, ReadSource>>
}

/** What models need to know of a source: the make targets of its tables. */
type ReadSource = {
  readonly url: string
  readonly tables: Readonly<Record<string, Pick<TableConfig, 'target'>>>
}

/** One model, with its header checked. Nothing of it has been rendered or run. */
export interface Model extends ModelFile {
  readonly text: string
  readonly header: ModelHeader
  /** The name of its warehouse. */
  readonly warehouse: string
}

/** A model and what it reads, its relationships checks included. */
export interface ReadingModel extends Model {
  readonly reads: References
}

/** @throws FerryError MODEL_INVALID */
export function parseModel(file: ModelFile, text: string, project: ModelProject): Model {
  const header = parseModelHeader(file.file, text)
  const known = Object.keys(project.warehouses)
  const warehouse = header.on ?? known[0] ?? ''
  if (!known.includes(warehouse)) {
    const near = nearestName(warehouse, known)
    throw new FerryError('MODEL_INVALID', `${file.file}: no warehouse \`${warehouse}\``, {
      hint:
        near === undefined ? `ferry.yaml has: ${known.join(', ')}` : `did you mean \`${near}\`?`,
    })
  }
  return { ...file, text, header, warehouse }
}

/**
 * Reads which models and tables a model takes, from its template and its relationships checks.
 * @throws FerryError TEMPLATE_INVALID, INPUT_MISSING (a file that it includes)
 */
export function readReferences(model: Model, project: ModelProject): ReadingModel {
  const reads = extractReferences(model.file, model.text, includeFolders(project))
  const refs = [...reads.refs]
  const sources = [...reads.sources]
  for (const check of model.header.checks) {
    if (check.kind !== 'relationships') continue
    const [source, table] = splitSource(check.to)
    const line = lineOf(model.text, check.to)
    if (table === undefined) {
      if (!refs.some(one => one.name === source)) refs.push({ name: source, line })
    } else if (!sources.some(one => one.source === source && one.table === table)) {
      sources.push({ source, table, line })
    }
  }
  return { ...model, reads: { ...reads, refs, sources } }
}

/** Where `include('...')` looks when the file is not beside the template. */
export const includeFolders = (project: ModelProject) => ({
  directory: project.directory,
  roots: ['.'],
})

/** `['orders', undefined]` of a model, `['production', 'users']` of a source's table. */
export function splitSource(to: string): [string, string | undefined] {
  const dot = to.indexOf('.')
  return dot === -1 ? [to, undefined] : [to.slice(0, dot), to.slice(dot + 1)]
}

/** The relation of a model; `defaultSchema` is that of its warehouse's sessions. */
export function relationOf(
  model: Pick<Model, 'name' | 'warehouse'>,
  project: ModelProject,
  defaultSchema: string,
): Relation {
  return { schema: configuredSchema(model.warehouse, project) ?? defaultSchema, name: model.name }
}

/** The schema that ferry.yaml gives a warehouse's models, if it gives one. */
export function configuredSchema(warehouse: string, project: ModelProject): string | undefined {
  const config = project.warehouses[warehouse]
  return config !== undefined && 'schema' in config ? config.schema : undefined
}

function lineOf(text: string, word: string): number {
  const at = text.indexOf(word)
  return at === -1 ? 1 : text.slice(0, at).split('\n').length
}
