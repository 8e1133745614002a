import { normalize } from 'node:path'
import { type Finding, finding } from './finding.ts'
import type { MakeView } from './make-view.ts'
import { placeOfRecipeLine } from './places.ts'
import type { RecipeLine } from './recipe-commands.ts'
import { parseShell, type ShellCommand } from './shell-words.ts'

/** Two recipes for one target, and two targets whose recipes write one file. */
export function twoWriters(view: MakeView, lines: readonly RecipeLine[]): Finding[] {
  const findings = overriddenRecipes(view)
  const writers = new Map<string, RecipeLine>()
  for (const line of lines) {
    for (const file of new Set(line.commands.flatMap(writtenFiles))) {
      const before = writers.get(file)
      if (before === undefined) writers.set(file, line)
      else if (!areOne(view, before.target, line.target)) {
        const other = `\`${before.target}\` (${before.place.file}:${before.place.line})`
        const message = `\`${line.target}\` writes \`${file}\`, which ${other} writes too`
        findings.push(finding('two-writers', line.place, message))
      }
      const owner = view.targets.get(file)
      if (owner === undefined || owner.phony || areOne(view, file, line.target)) continue
      if (!owner.recipes.some(recipe => recipe.lines.some(text => text.trim() !== ''))) continue
      const message = `\`${line.target}\` writes \`${file}\`, which is a target with its own recipe`
      findings.push(finding('two-writers', line.place, message))
    }
  }
  return findings
}

/** `makefile:15: warning: overriding recipe for target 'u'`, then where the ignored one is. */
function overriddenRecipes(view: MakeView): Finding[] {
  return view.complaints.flatMap((complaint, index) => {
    const now = /^(.*):(\d+): warning: overriding recipe for target '(.*)'$/.exec(complaint)
    if (now === null) return []
    const old = /^(.*:\d+): warning: ignoring old recipe/.exec(view.complaints[index + 1] ?? '')
    const place = { file: now[1] ?? '', line: Number(now[2]) }
    const message = `a second recipe for \`${now[3]}\`; the one at ${old?.[1] ?? 'first'} is lost`
    return [finding('two-writers', place, message)]
  })
}

const areOne = (view: MakeView, a: string, b: string): boolean =>
  a === b || view.targets.get(a)?.alsoMakes.includes(b) === true

/** Not commands whose `-o` is no file. */
const WITHOUT_OUTPUT_OPTION = new Set(['set', 'shopt', 'grep', 'egrep', 'ps', 'ls', 'ssh', 'mount'])

/** The files of the project that a command replaces. */
function writtenFiles(command: ShellCommand): string[] {
  const files = [...command.writes]
  const [name = '', ...words] = command.words
  if (name === 'mv' || name === 'cp' || name === 'install') {
    const operands = words.filter(word => !word.startsWith('-'))
    const last = operands.at(-1)
    if (operands.length > 1 && last !== undefined && !last.endsWith('/')) files.push(last)
  } else if (name === 'tee' && !words.includes('-a') && !words.includes('--append')) {
    files.push(...words.filter(word => !word.startsWith('-')))
  } else if (!WITHOUT_OUTPUT_OPTION.has(name)) {
    for (const [index, word] of words.entries()) {
      const file = word === '-o' || word === '--output' ? words[index + 1] : undefined
      files.push(file ?? /^--output=(.+)$/.exec(word)?.[1] ?? '')
    }
  }
  return files.filter(isFileName).map(file => normalize(file))
}

const isFileName = (word: string): boolean =>
  /[./]/.test(word) && word !== '.' && !/^\/dev\/|[$`*?\s]/.test(word)

/**
 * Recipes in which a pipe writes the target itself: killed half-way, they leave a half file that
 * has the target's name.
 */
export function directOutputs(view: MakeView): Finding[] {
  const findings: Finding[] = []
  const targets = [...view.targets.values()].map(one => ({ ...one, names: [one.name] }))
  const patterns = view.patterns.map(one => ({ recipes: [one.recipe], names: one.targets }))
  for (const { recipes, names } of [...targets, ...patterns]) {
    const own = new Set([...names, '$@', '$(@)', '${@}'])
    for (const recipe of recipes) {
      for (const [index, text] of recipe.lines.entries()) {
        const direct = parseShell(text).find(
          command => command.readsPipe && command.writes.some(file => own.has(file)),
        )
        if (direct === undefined) continue
        const place = placeOfRecipeLine(view, recipe, index)
        const message = 'a pipe writes the target itself; write $(TMP_OUT), then mv $(TMP_OUT) $@'
        findings.push(finding('direct-output', place, message))
      }
    }
  }
  return findings
}
