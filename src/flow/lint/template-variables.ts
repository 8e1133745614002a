import { FerryError } from '../../core/errors.ts'
import { type Finding, finding, type Place } from './finding.ts'
import type { RecipeLine } from './recipe-commands.ts'

/** What a template and everything it includes say about variables. */
export interface TemplateFacts {
  /** Names that are neither JavaScript's nor Ferry's nor the template's own, with their places. */
  readonly reads: readonly (Place & { readonly name: string })[]
  /** Names that it can do without. */
  readonly mayRead: readonly string[]
  /** Names that it sets for the templates after it. */
  readonly sets: readonly string[]
}

/** Undefined when there is no such file. @throws FerryError TEMPLATE_INVALID */
export type ReadTemplate = (file: string) => Promise<TemplateFacts | undefined>

interface SqlCall {
  readonly files: readonly string[]
  readonly given: readonly string[]
}

/** Compares what each `ferry sql` in a recipe is given with what its templates read. */
export async function templateVariables(
  lines: readonly RecipeLine[],
  readTemplate: ReadTemplate,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const known = new Map<string, Promise<TemplateFacts | undefined>>()
  const factsOf = (file: string): Promise<TemplateFacts | undefined> => {
    const facts = known.get(file) ?? readTemplate(file).catch(addBroken)
    known.set(file, facts)
    return facts
  }
  const addBroken = (error: unknown): undefined => {
    const place = error instanceof FerryError ? placeOfError(error) : undefined
    if (place === undefined || !(error instanceof Error)) throw error
    const message = error.message.replace(`${place.file}:${place.line}: `, '').split('\n')[0] ?? ''
    findings.push(finding('broken-template', place, message))
  }
  for (const line of lines) {
    for (const command of line.commands) {
      const call = parseSqlCall(command.words)
      if (call === undefined) continue
      const facts = (await Promise.all(call.files.map(factsOf))).filter(one => one !== undefined)
      // Of a file that a recipe makes first, nothing is known yet.
      if (facts.length === call.files.length && facts.length > 0) {
        findings.push(...compareCall(line, call, facts))
      }
    }
  }
  return findings
}

function placeOfError(error: FerryError): Place | undefined {
  const { file, line } = error.details
  return typeof file === 'string' && typeof line === 'number' ? { file, line } : undefined
}

function compareCall(line: RecipeLine, call: SqlCall, facts: readonly TemplateFacts[]): Finding[] {
  const findings: Finding[] = []
  const reads = new Set(facts.flatMap(one => [...one.reads.map(read => read.name), ...one.mayRead]))
  for (const name of call.given) {
    if (reads.has(name)) continue
    const message = `--var ${name} is given, but ${call.files.join(', ')} never reads it`
    findings.push(finding('unused-variable', line.place, message))
  }
  const defined = new Set([...call.given, ...facts.flatMap(one => one.sets)])
  for (const read of facts.flatMap(one => one.reads)) {
    if (defined.has(read.name)) continue
    const caller = `${line.place.file}:${line.place.line}`
    const message = `\`${read.name}\` is read, but the recipe at ${caller} does not give it`
    findings.push(finding('undefined-variable', read, message))
  }
  return findings
}

/** `ferry sql --on NAME a.sql b.sql --var key=value`, whatever stands before `ferry`. */
export function parseSqlCall(words: readonly string[]): SqlCall | undefined {
  const at = words.findIndex(
    (word, index) => /(^|\/)ferry$/.test(word) && words[index + 1] === 'sql',
  )
  if (at === -1) return undefined
  const files: string[] = []
  const given: string[] = []
  const rest = words.slice(at + 2)
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? ''
    const glued = /^--var=(.*)$/s.exec(word)?.[1]
    if (word === '--var' || glued !== undefined) {
      const pair = glued ?? rest[index + 1] ?? ''
      if (glued === undefined) index += 1
      const name = /^([^=]*)=/.exec(pair)?.[1]
      if (name !== undefined) given.push(name)
    } else if (word.endsWith('.sql') && !word.startsWith('-')) files.push(word)
  }
  return { files, given }
}
