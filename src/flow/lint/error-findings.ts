import type { FerryError } from '../../core/errors.ts'
import { type Finding, finding, type LintRule } from './finding.ts'

/**
 * What an error about models or templates says, a finding for each of its lines that starts with
 * `file:line: `; a circle of models (`details.models`) has its places inside. Empty for errors that
 * tell no place.
 */
export function findingsOfError(error: FerryError): Finding[] {
  return error.message.split('\n').flatMap(line => {
    const place = /^(\S.*?):(\d+)(?::\d+)?: (.*)$/.exec(line)
    if (place !== null) {
      const [, file = '', number, message = ''] = place
      return [finding(ruleOf(error), { file, line: Number(number) }, message)]
    }
    if (!Array.isArray(error.details['models'])) return []
    const inside = /(\S+):(\d+) -> /.exec(line)
    if (inside === null) return []
    return [finding('dependency-cycle', { file: inside[1] ?? '', line: Number(inside[2]) }, line)]
  })
}

function ruleOf(error: FerryError): LintRule {
  if (error.code === 'TEMPLATE_INVALID') return 'broken-template'
  return error.details['wrongNames'] === true ? 'unknown-reference' : 'broken-model'
}
