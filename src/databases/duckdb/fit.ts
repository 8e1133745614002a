import type { LoadWriter } from '../loading.ts'

/**
 * Of time stamps before Christ DuckDB reads another spelling, ` (BC)` behind the date; a decimal of a
 * fixed precision has no NaN and no infinity. Days and moments have their ends.
 */
export const fit: LoadWriter['fit'] = (type, text) => {
  switch (type.kind) {
    case 'decimal':
      if (type.precision === undefined || type.precision > 38 || !/[IN]/.test(text)) break
      return { reason: `DuckDB's decimals have no \`${text}\`` }
    case 'timestamp': {
      const year = Number(/^\d+/.exec(text)?.[0] ?? 0)
      const isBefore = text.endsWith(' BC')
      if (isBefore ? year > 290_308 : year > 294_246) {
        return { reason: `\`${text}\` is out of the range of DuckDB's time stamps` }
      }
      return { text: isBefore ? text.replace(/^(\S+) (.*) BC$/, '$1 (BC) $2') : text }
    }
    case 'date': {
      const year = Number(/^\d+/.exec(text)?.[0] ?? 0)
      if (!text.endsWith(' BC') || year <= 5_877_641) break
      return { reason: `\`${text}\` is out of the range of DuckDB's dates` }
    }
    default:
  }
  return { text }
}
