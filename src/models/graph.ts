import { FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import type { SourceCall } from '../templates/scan.ts'
import type { Model, ModelProject, ReadingModel } from './model.ts'

/** Where a name that a model reads is found. */
interface Known {
  model(name: string): Pick<Model, 'name' | 'warehouse' | 'file'> | undefined
  readonly names: readonly string[]
}

/**
 * What is wrong with the names that one model reads, as `file:line: what`: models and tables that
 * are not there, and models on another warehouse.
 */
export function findWrongNames(
  model: ReadingModel,
  known: Known,
  sources: ModelProject['sources'],
): string[] {
  const wrongRefs = model.reads.refs.flatMap(({ name, line }) => {
    const other = known.model(name)
    if (other === undefined) {
      return `${model.file}:${line}: no model \`${name}\`${didYouMean(name, known.names)}`
    }
    if (other.warehouse === model.warehouse) return []
    return `${model.file}:${line}: \`${name}\` (${other.file}) is on the warehouse \`${other.warehouse}\`, this model on \`${model.warehouse}\``
  })
  const wrongSources = model.reads.sources.flatMap(call => {
    const wrong = wrongSource(call, sources)
    return wrong === undefined ? [] : `${model.file}:${call.line}: ${wrong}`
  })
  return [...wrongRefs, ...wrongSources]
}

function wrongSource(
  { source, table }: SourceCall,
  sources: ModelProject['sources'],
): string | undefined {
  const found = sources[source]
  if (found === undefined) {
    return `no source \`${source}\` in ferry.yaml${didYouMean(source, Object.keys(sources))}`
  }
  if (Object.hasOwn(found.tables, table)) return undefined
  const tables = Object.keys(found.tables)
  return `no table \`${table}\` of the source \`${source}\` in ferry.yaml${didYouMean(table, tables)}`
}

function didYouMean(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  return near === undefined ? '' : `; did you mean \`${near}\`?`
}

/**
 * The models in an order in which each comes after those that it reads; models that are not given
 * are taken as built. @throws FerryError MODEL_INVALID for wrong names (when `sources` is given) and
 * for a circle, with the files and lines of all that are in it
 */
export function orderModels(models: readonly ReadingModel[]): readonly ReadingModel[] {
  const byName = new Map(models.map(model => [model.name, model]))
  const ordered: ReadingModel[] = []
  const done = new Set<string>()
  /** Models under way, each with the line at which it reads the next. */
  const path = new Map<string, number>()
  // Not recursive: a chain of models may be longer than the stack is deep.
  for (const start of models) {
    const stack = [{ model: start, next: 0 }]
    while (stack.length > 0) {
      const top = stack.at(-1)
      if (top === undefined) break
      const { model } = top
      const ref = done.has(model.name) ? undefined : model.reads.refs[top.next]
      if (ref === undefined) {
        if (!done.has(model.name)) ordered.push(model)
        done.add(model.name)
        path.delete(model.name)
        stack.pop()
        continue
      }
      top.next += 1
      path.set(model.name, ref.line)
      const read = byName.get(ref.name)
      if (read === undefined || done.has(read.name)) continue
      if (path.has(read.name)) throw circle(read, path, byName)
      stack.push({ model: read, next: 0 })
    }
  }
  return ordered
}

function circle(
  from: ReadingModel,
  path: ReadonlyMap<string, number>,
  byName: ReadonlyMap<string, ReadingModel>,
): FerryError {
  const names = [...path.keys()]
  const members = names.slice(names.indexOf(from.name))
  const places = members.map(name => `${byName.get(name)?.file ?? name}:${path.get(name) ?? 1}`)
  return new FerryError(
    'MODEL_INVALID',
    `models read each other in a circle: ${[...places, from.file].join(' -> ')}`,
    { details: { models: members } },
  )
}

/** @throws FerryError MODEL_INVALID with everything that is wrong between the models */
export function checkGraph(models: readonly ReadingModel[], project: ModelProject): void {
  const byName = new Map(models.map(model => [model.name, model]))
  const known: Known = { model: name => byName.get(name), names: [...byName.keys()] }
  const findings = models.flatMap(model => findWrongNames(model, known, project.sources))
  if (findings.length > 0) {
    throw new FerryError('MODEL_INVALID', findings.join('\n'), { details: { wrongNames: true } })
  }
  orderModels(models)
}
