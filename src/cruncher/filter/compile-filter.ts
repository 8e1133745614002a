import { type Filter, opposite } from './filter.ts'
import { operandOf } from './operands.ts'
import { type Expression, parseFilter } from './parse-filter.ts'

/**
 * Compiles an expression such as `status >= 200 and route != '/health'` once for all records.
 * What a record lacks is null: it equals only null, differs from everything else, and all other tests of it
 * are false. There is no third truth value: `not` turns what is behind it around.
 * @throws FerryError CONFIG_INVALID with the column of what is wrong
 */
export function compileFilter(expression: string): Filter {
  return compile(parseFilter(expression))
}

function compile(expression: Expression): Filter {
  switch (expression.kind) {
    case 'and':
      return expression.parts.map(compile).reduceRight((rest, part) => bothOf(part, rest))
    case 'or':
      return expression.parts.map(compile).reduceRight((rest, part) => eitherOf(part, rest))
    case 'not':
      return opposite(compile(expression.inner))
    case 'compare':
      return operandOf(expression.name).compare(expression.operator, expression.literal)
    case 'test':
      return operandOf(expression.name).test(expression.operator, expression.literal)
    case 'in':
      return operandOf(expression.name).oneOf(expression.literals)
    default:
      expression satisfies never
      throw new TypeError('no such expression')
  }
}

const bothOf =
  (a: Filter, b: Filter): Filter =>
  (record, route) =>
    a(record, route) && b(record, route)

const eitherOf =
  (a: Filter, b: Filter): Filter =>
  (record, route) =>
    a(record, route) || b(record, route)
