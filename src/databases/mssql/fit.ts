import type { LoadWriter } from '../loading.ts'

const SPECIAL_NUMBER = /^(NaN|-?Infinity)$/
const MAX_DIGITS = 38

/** What SQL Server's types cannot hold. @see "Data types (Transact-SQL)" */
export const fit: LoadWriter['fit'] = (type, text) => {
  switch (type.kind) {
    case 'float':
      if (SPECIAL_NUMBER.test(text)) return { reason: `\`${text}\` is no number of SQL Server` }
      break
    case 'decimal':
      if (
        type.precision !== undefined &&
        type.precision <= MAX_DIGITS &&
        SPECIAL_NUMBER.test(text)
      ) {
        return { reason: `\`${text}\` is no decimal of SQL Server` }
      }
      break
    case 'integer':
      if (type.bits === 128 && text.replace('-', '').length > MAX_DIGITS) {
        return { reason: `\`${text}\` has more than ${MAX_DIGITS} digits` }
      }
      break
    case 'date':
    case 'timestamp':
      if (!/^\d{4}-/.test(text) || text.startsWith('0000') || text.endsWith(' BC')) {
        return { reason: `\`${text}\` is not within the years 1 to 9999` }
      }
      break
    case 'time':
      if (text.startsWith('24:')) return { reason: `\`${text}\` is no time of day` }
      break
    default:
  }
  return { text }
}
