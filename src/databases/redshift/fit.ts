import type { LoadWriter } from '../loading.ts'
import { columnTypes } from './column-types.ts'

/** What Redshift's types cannot hold. @see "Data types", "Multibyte characters" */
export const fit: LoadWriter['fit'] = (type, text) => {
  if (text.includes('\0')) return { reason: 'Redshift holds no NUL character in a text' }
  const native = columnTypes.write(type)
  if (native.startsWith('numeric') && /NaN|Infinity/.test(text)) {
    return { reason: `\`${text}\` is no numeric of Redshift` }
  }
  if ((type.kind === 'date' || type.kind === 'timestamp') && /infinity| BC$|^\d{5,}/.test(text)) {
    return { reason: `\`${text}\` is not a day that COPY reads` }
  }
  const limit = Number(/^(?:varchar|varbyte)\((\d+)\)$/.exec(native)?.[1] ?? Infinity)
  if (type.kind === 'bytes') {
    const digits = text.replace(/^\\x/, '') // COPY reads the digits alone
    const isLong = digits.length / 2 > limit
    return isLong ? { reason: `it has more than ${limit} bytes` } : { text: digits }
  }
  if (Buffer.byteLength(text) > limit) return { reason: `it has more than ${limit} bytes in UTF-8` }
  return { text }
}
