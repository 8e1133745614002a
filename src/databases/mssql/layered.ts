/**
 * An expression in steps. Each step names values that later ones use: in braces, `{name}`. So a long
 * expression is written, and computed, once.
 */
export type Layer = Readonly<Record<string, string>>

const PREFIX = 'ferry_'

/**
 * A scalar query of tables in tables, each of which computes a step. Only the first step reads of the
 * row; all others see what was named before them.
 */
export function layered(layers: readonly Layer[], result: string): string {
  const named = (text: string): string => text.replaceAll(/\{(\w+)\}/g, `[${PREFIX}$1]`)
  let from = ''
  const known: string[] = []
  for (const [depth, layer] of layers.entries()) {
    const computed = Object.entries(layer).map(
      ([name, text]) => `${named(text)} AS [${PREFIX}${name}]`,
    )
    const kept = known.map(name => `[${PREFIX}${name}]`)
    from = `(SELECT ${[...kept, ...computed].join(', ')}${from === '' ? '' : ` FROM ${from}`}) AS [${PREFIX}q${depth}]`
    known.push(...Object.keys(layer))
  }
  return `(SELECT ${named(result)} FROM ${from})`
}
