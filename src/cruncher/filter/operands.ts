import { nearestName } from '../../core/nearest.ts'
import { NUMBER_FIELDS, TEXT_FIELDS } from '../record.ts'
import type { Operand } from './filter.ts'
import { levelOperand, numberOperand, timeOperand } from './number-operands.ts'
import type { Name } from './parse-filter.ts'
import { locateAttribute, locateField } from './text-place.ts'
import { placeOperand, stringOperand } from './text-operands.ts'
import { refusal } from './tokens.ts'

const ATTRIBUTES = 'attributes.'
const OTHERS = ['level', 'time', 'route', 'format']

export function operandOf(name: Name): Operand {
  const { text, column } = name
  if (text.startsWith(ATTRIBUTES)) {
    return placeOperand(name, locateAttribute(text.slice(ATTRIBUTES.length)))
  }
  const textField = TEXT_FIELDS.findIndex(known => known === text)
  if (textField >= 0) return placeOperand(name, locateField(textField))
  const numberField = NUMBER_FIELDS.findIndex(known => known === text)
  if (numberField >= 0) {
    return numberOperand(name, record => record.numbers[numberField] ?? Number.NaN)
  }
  if (text === 'level') return levelOperand(name)
  if (text === 'time') return timeOperand(name)
  if (text === 'route') return stringOperand(name, (_, route) => route)
  if (text === 'format') return stringOperand(name, record => record.format)
  const near = nearestName(text, [...TEXT_FIELDS, ...NUMBER_FIELDS, ...OTHERS])
  const hint = near === undefined ? `write \`attributes.${text}\`` : `did you mean \`${near}\`?`
  throw refusal(column, `\`${text}\` is no field; ${hint}`)
}
