import { isJavaScriptName } from './javascript.ts'

export type Names = Readonly<Record<string, unknown>>

/** Names that eta or the engine bring along and that must not be found by accident. */
const HIDDEN = new Set(
  `block blockAsync capture captureAsync include includeAsync it layout options output`.split(' '),
)

export interface TemplateNames {
  /** For `with`: what is not in it is looked up in JavaScript's own names only. */
  readonly proxy: object
  /** Every name that is known now. */
  names(): string[]
}

/**
 * The names of a template, in layers; the first layer that has a name gives its value. An unknown
 * one is left to V8, which throws a ReferenceError where it is used and keeps `typeof name` working.
 */
export function createScope(layers: readonly Names[]): TemplateNames {
  const layerOf = (name: string): Names | undefined =>
    layers.find(layer => Object.hasOwn(layer, name))
  const isForeign = (name: string): boolean =>
    HIDDEN.has(name) || (name in globalThis && !isJavaScriptName(name))
  const proxy = new Proxy(Object.create(null) as object, {
    has: (_, name) => typeof name === 'string' && (layerOf(name) !== undefined || isForeign(name)),
    get: (_, name) => {
      if (typeof name !== 'string') return undefined
      const layer = layerOf(name)
      if (layer === undefined) throw new ReferenceError(`${name} is not defined`)
      return layer[name]
    },
    set: (_, name) => {
      throw new TypeError(`\`${String(name)}\` can only be changed with set() or ctx`)
    },
  })
  return { proxy, names: () => layers.flatMap(layer => Object.keys(layer)) }
}
