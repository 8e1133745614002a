import type { ColumnType } from '../../formats/column-type.ts'
import { doubleText } from '../../formats/float-text.ts'
import type { ValueReading } from './read-value.ts'
import { type Kind, widest } from './value-kind.ts'

/** A value's text in its column, or why it has none there. */
export type Fitted = { readonly text: string } | { readonly misfit: string }

const misfit = (reading: ValueReading, wanted: string): Fitted => {
  const { asText } = reading
  const shown = asText.length > 60 ? `${asText.slice(0, 60)}...` : asText
  return { misfit: `\`${shown}\` is no ${wanted}` }
}

/** A value in a column whose kind was found out. */
export function fitKind(reading: ValueReading, kind: Exclude<Kind, 'nothing'>): Fitted {
  if (widest(reading.kind, kind) !== kind) return misfit(reading, kind)
  if (kind === 'text') return { text: reading.asText }
  return { text: kind === 'float' ? doubleText(Number(reading.text)) : reading.text }
}

/** A value in a column whose type was declared. */
export function fitType(reading: ValueReading, type: ColumnType): Fitted {
  const { text, kind } = reading
  switch (type.kind) {
    case 'boolean':
    case 'date':
    case 'json':
      if (type.kind === 'json' && kind !== 'json') return { text: jsonText(reading) }
      return kind === type.kind ? { text } : misfit(reading, type.kind)
    case 'integer':
      return isInteger(reading, type.bits)
        ? { text }
        : misfit(reading, `integer of ${type.bits} bits`)
    case 'decimal':
      return fitDecimal(reading, type.precision, type.scale)
    case 'float':
      return isNumber(kind) ? { text: doubleText(Number(text)) } : misfit(reading, 'number')
    case 'text':
      if (type.length !== undefined && Array.from(reading.asText).length > type.length) {
        return misfit(reading, `text of ${type.length} characters`)
      }
      return { text: reading.asText }
    case 'timestamp':
      if (kind === (type.zone ? 'timestamptz' : 'timestamp')) return { text }
      if (kind === 'date' && !type.zone) return { text: `${text} 00:00:00` }
      return misfit(reading, type.zone ? 'time stamp with a zone' : 'time stamp without a zone')
    default:
      return misfit(reading, type.kind)
  }
}

function isNumber(kind: Kind): boolean {
  return kind === 'int53' || kind === 'int64' || kind === 'float' || kind === 'decimal'
}

function isInteger({ kind, text }: ValueReading, bits: number): boolean {
  if (!isNumber(kind) || !/^-?\d{1,40}$/.test(text)) return false
  const most = 1n << BigInt(bits - 1)
  const value = BigInt(text)
  return value < most && value >= -most
}

function fitDecimal(
  reading: ValueReading,
  precision: number | undefined,
  scale: number | undefined,
): Fitted {
  const { text, kind } = reading
  if (!isNumber(kind)) return misfit(reading, 'number')
  if (precision === undefined || scale === undefined) return { text }
  const [whole = '', fraction = ''] = text.split('.')
  const digits = whole.replace(/^-?0?/, '').length
  if (fraction.length > scale || digits > precision - scale) {
    return misfit(reading, `decimal(${precision},${scale})`)
  }
  return { text: scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}` }
}

function jsonText({ kind, text, asText }: ValueReading): string {
  if (kind === 'boolean') return asText
  return isNumber(kind) ? text : JSON.stringify(asText)
}
