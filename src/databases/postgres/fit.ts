import type { LoadWriter } from '../loading.ts'

/** What PostgreSQL's types cannot hold. @see https://www.postgresql.org/docs/current/datatype.html */
export const fit: LoadWriter['fit'] = (type, text) => {
  if (text.includes('\0')) return { reason: 'PostgreSQL holds no NUL character in a text' }
  const year = Number(/^\d+/.exec(text)?.[0] ?? 0)
  const isBefore = text.endsWith(' BC')
  if (type.kind === 'date' && year > (isBefore ? 4_713 : 5_874_897)) {
    return { reason: `\`${text}\` is out of the range of PostgreSQL's dates` }
  }
  if (type.kind === 'timestamp' && year > (isBefore ? 4_713 : 294_276)) {
    return { reason: `\`${text}\` is out of the range of PostgreSQL's time stamps` }
  }
  return { text }
}
