import type { MakeRule } from '../formats/make-rule.ts'
import type { ModelProject, ReadingModel } from './model.ts'

/** The make target of a model: its receipt. */
export const receiptTarget = (name: string): string => `results/$(TODAY)/models/${name}.json`

/**
 * The make rules of all models: one target a model, made after what it reads, and the aliases
 * `models`, `model-NAME` and `checks`. Pure; the models are those of loadModels.
 */
export function modelRules(
  models: readonly ReadingModel[],
  sources: ModelProject['sources'],
): readonly MakeRule[] {
  const receipts = models.map(model => receiptTarget(model.name))
  return [
    {
      target: 'models',
      prerequisites: receipts,
      recipe: [],
      phony: true,
      description: 'every model',
    },
    {
      target: 'checks',
      doubleColon: true,
      prerequisites: ['models'],
      recipe: [],
      phony: true,
      description: 'every check; those of a model are part of building it',
    },
    ...models.flatMap(model => [
      receiptRule(model, sources),
      {
        target: `model-${model.name}`,
        prerequisites: [receiptTarget(model.name)],
        recipe: [],
        phony: true,
      },
    ]),
  ]
}

function receiptRule(model: ReadingModel, sources: ModelProject['sources']): MakeRule {
  const { refs, includes, sources: tables } = model.reads
  const loads = tables.flatMap(({ source, table }) => loadTarget(source, table, sources))
  return {
    target: receiptTarget(model.name),
    prerequisites: [
      ...new Set([model.file, ...includes, ...refs.map(ref => receiptTarget(ref.name)), ...loads]),
    ],
    recipe: [`ferry model ${model.name} --date $(TODAY)`],
  }
}

/** What loads a table of a source: `intermediate/DATE/load/S.T`, or what ferry.yaml says. */
function loadTarget(
  source: string,
  table: string,
  sources: ModelProject['sources'],
): string | readonly string[] {
  const config = sources[source]?.tables[table]
  const target = config !== undefined && 'target' in config ? config.target : undefined
  if (target === false) return []
  return target ?? `intermediate/$(TODAY)/load/${source}.${table}`
}
