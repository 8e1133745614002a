import { FerryError } from '../../core/errors.ts'
import { type Finding, finding, type Place } from './finding.ts'
import type { RecipeLine } from './recipe-commands.ts'
import type { GivenVariable, ReadVariablesFile } from './variables-file.ts'

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
  readonly variablesFiles: readonly string[]
}

export interface VariableReaders {
  readonly readTemplate: ReadTemplate
  readonly readVariables: ReadVariablesFile
}

/**
 * Compares what each `ferry sql` in a recipe is given with what its templates read. What a file gives
 * has to be read by one of the calls that name the file.
 */
export async function templateVariables(
  lines: readonly RecipeLine[],
  readers: VariableReaders,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const addBroken = (error: unknown): undefined => {
    const place = error instanceof FerryError ? placeOfError(error) : undefined
    if (place === undefined || !(error instanceof Error)) throw error
    const message = error.message.replace(`${place.file}:${place.line}: `, '').split('\n')[0] ?? ''
    findings.push(finding('broken-template', place, message))
  }
  const factsOf = once(async file => readers.readTemplate(file).catch(addBroken))
  const variablesOf = once(async file => {
    const read = await readers.readVariables(file)
    if (read === undefined || 'rule' in read) findings.push(...(read === undefined ? [] : [read]))
    else return new VariablesFile(file, read)
    return undefined
  })
  const variablesFiles = new Set<VariablesFile>()
  for (const line of lines) {
    for (const command of line.commands) {
      const call = parseSqlCall(command.words)
      if (call === undefined) continue
      const facts = (await Promise.all(call.files.map(factsOf))).filter(one => one !== undefined)
      const files = (await Promise.all(call.variablesFiles.map(variablesOf))).filter(
        one => one !== undefined,
      )
      for (const file of files) variablesFiles.add(file)
      // Of a file that a recipe makes first, nothing is known yet.
      const knowsReads = facts.length === call.files.length && facts.length > 0
      const knowsGiven = files.length === call.variablesFiles.length
      for (const file of files) file.use(knowsReads ? namesRead(facts) : undefined)
      if (!knowsReads) continue
      findings.push(...givenForNothing(line, call, namesRead(facts)))
      if (knowsGiven) findings.push(...readForNothing(line, call, facts, files))
    }
  }
  return [...findings, ...[...variablesFiles].flatMap(file => file.findings())]
}

function once<Value>(read: (file: string) => Promise<Value>): (file: string) => Promise<Value> {
  const known = new Map<string, Promise<Value>>()
  return file => {
    const value = known.get(file) ?? read(file)
    known.set(file, value)
    return value
  }
}

/** A `--vars-file` and what the calls that name it read of it. */
class VariablesFile {
  readonly variables: readonly GivenVariable[]
  readonly #file: string
  readonly #read = new Set<string>()
  #isCertain = true

  constructor(file: string, variables: readonly GivenVariable[]) {
    this.#file = file
    this.variables = variables
  }

  /** `names` is undefined when nobody knows what a call reads. */
  use(names: ReadonlySet<string> | undefined): void {
    if (names === undefined) this.#isCertain = false
    for (const name of names ?? []) this.#read.add(name)
  }

  findings(): Finding[] {
    if (!this.#isCertain) return []
    return this.variables
      .filter(({ name }) => !this.#read.has(name))
      .map(one => {
        const message = `\`${one.name}\` is given, but no template called with ${this.#file} reads it`
        return finding('unused-variable', one, message)
      })
  }
}

function placeOfError(error: FerryError): Place | undefined {
  const { file, line } = error.details
  return typeof file === 'string' && typeof line === 'number' ? { file, line } : undefined
}

const namesRead = (facts: readonly TemplateFacts[]): ReadonlySet<string> =>
  new Set(facts.flatMap(one => [...one.reads.map(read => read.name), ...one.mayRead]))

function givenForNothing(line: RecipeLine, call: SqlCall, reads: ReadonlySet<string>): Finding[] {
  return call.given
    .filter(name => !reads.has(name))
    .map(name => {
      const message = `--var ${name} is given, but ${call.files.join(', ')} never reads it`
      return finding('unused-variable', line.place, message)
    })
}

function readForNothing(
  line: RecipeLine,
  call: SqlCall,
  facts: readonly TemplateFacts[],
  files: readonly VariablesFile[],
): Finding[] {
  const inFiles = files.flatMap(file => file.variables.map(one => one.name))
  const defined = new Set([...call.given, ...inFiles, ...facts.flatMap(one => one.sets)])
  const caller = `${line.place.file}:${line.place.line}`
  return facts
    .flatMap(one => one.reads)
    .filter(read => !defined.has(read.name))
    .map(read => {
      const message = `\`${read.name}\` is read, but the recipe at ${caller} does not give it`
      return finding('undefined-variable', read, message)
    })
}

/** `ferry sql --on NAME a.sql b.sql --var key=value`, whatever stands before `ferry`. */
export function parseSqlCall(words: readonly string[]): SqlCall | undefined {
  const at = words.findIndex(
    (word, index) => /(^|\/)ferry$/.test(word) && words[index + 1] === 'sql',
  )
  if (at === -1) return undefined
  const files: string[] = []
  const given: string[] = []
  const variablesFiles: string[] = []
  const rest = words.slice(at + 2)
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? ''
    const [, option, glued] = /^--(var|vars-file)(?:=(.*))?$/s.exec(word) ?? []
    if (option === undefined) {
      if (word.endsWith('.sql') && !word.startsWith('-')) files.push(word)
      continue
    }
    if (glued === undefined) index += 1
    const value = glued ?? rest[index] ?? ''
    const name = /^([^=]*)=/.exec(value)?.[1]
    if (option === 'vars-file') variablesFiles.push(value)
    else if (name !== undefined) given.push(name)
  }
  return { files, given, variablesFiles }
}
