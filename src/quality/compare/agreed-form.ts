import type { ComparedForm } from '../../databases/fingerprint.ts'
import type { ColumnType } from '../../formats/column-type.ts'

/** Kinds whose values are kept as the text that they are. */
const TEXTUAL = new Set(['text', 'json', 'other'])

/**
 * The form in which the values of two columns can be compared: their own where they have one type,
 * the coarser of two that hold the same values, the text of both where one side keeps everything as
 * text. Undefined where there is none (a time stamp with a zone and one without).
 */
export function agreedForm(source: ColumnType, target: ColumnType): ComparedForm | undefined {
  if (source.kind === target.kind) return formOfOneKind(source, target)
  const kinds = new Set([source.kind, target.kind])
  if (kinds.has('integer') && kinds.has('decimal')) return { kind: 'number' }
  if (kinds.has('integer') && kinds.has('boolean')) return { kind: 'boolean' }
  if (TEXTUAL.has(source.kind) || TEXTUAL.has(target.kind)) return { kind: 'text' }
  return undefined
}

function formOfOneKind(source: ColumnType, target: ColumnType): ComparedForm | undefined {
  if (source.kind === 'decimal' && target.kind === 'decimal') {
    return source.scale === target.scale ? source : { kind: 'number' }
  }
  if (source.kind === 'float' && target.kind === 'float') {
    return source.bits < target.bits ? source : target
  }
  if (source.kind === 'time' || source.kind === 'timestamp') {
    return 'zone' in target && source.zone === target.zone ? source : undefined
  }
  return source.kind === 'other' ? { kind: 'text' } : source
}
