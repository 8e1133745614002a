import type { MakeDatabase, MakeTarget } from './make-database.ts'

/** Functions whose result may have several lines although no variable in sight has. */
const MULTI_LINE_FUNCTIONS = /\$[({](?:call|eval|file|guile|value)\b/

/**
 * How many commands make runs for a target's recipe, or undefined when its text does not say for
 * sure: a line that a variable expands to nothing is skipped, one that a `define` expands to three
 * is three commands.
 */
export function countCommands(target: MakeTarget, database: MakeDatabase): number | undefined {
  const [recipe, ...more] = target.recipes
  if (recipe === undefined || more.length > 0) return undefined
  if (database.targets.has('.ONESHELL')) return 1
  const multiLine = multiLineVariables(database)
  let count = 0
  for (const line of recipe.lines) {
    const command = line.replace(/^[\s@+-]+/, '')
    if (command === '') continue
    if (!isOneCommand(command, multiLine)) return undefined
    count += 1
  }
  return count
}

/** Does make go on when this line of the recipe fails (`-` before it, or .IGNORE)? */
export function isIgnored(target: MakeTarget, index: number, database: MakeDatabase): boolean {
  const ignore = database.targets.get('.IGNORE')
  if (ignore?.isTarget === true) {
    if (ignore.prerequisites.length === 0 || ignore.prerequisites.includes(target.name)) return true
  }
  const lines = target.recipes[0]?.lines.filter(line => line.replace(/^[\s@+-]+/, '') !== '') ?? []
  const line = database.targets.has('.ONESHELL') ? lines[0] : lines[index]
  return /^[\s@+]*-/.test(line ?? '')
}

function isOneCommand(command: string, multiLine: ReadonlySet<string>): boolean {
  if (!command.includes('$')) return true
  if (MULTI_LINE_FUNCTIONS.test(command) || /\$[({][^\s(){}$]*\$/.test(command)) return false
  for (const [name] of command.matchAll(/[^\s(){}$,:]+/g)) if (multiLine.has(name)) return false
  return withoutReferences(command).trim() !== ''
}

/** The text that is there whatever the variables hold. */
function withoutReferences(text: string): string {
  let rest = text.replaceAll('$$', 'x').replace(/\$[^({]/g, '')
  for (;;) {
    const shorter = rest.replace(/\$(?:\([^(){}]*\)|\{[^(){}]*\})/g, '')
    if (shorter === rest) return rest
    rest = shorter
  }
}

const cache = new WeakMap<MakeDatabase, ReadonlySet<string>>()

/** Variables with a newline in them, and those that mention one of them. */
function multiLineVariables(database: MakeDatabase): ReadonlySet<string> {
  const known = cache.get(database)
  if (known !== undefined) return known
  const names = new Set<string>()
  for (let before = -1; before !== names.size; ) {
    before = names.size
    for (const { name, value } of database.variables.values()) {
      if (names.has(name)) continue
      const mentions =
        value.includes('$') &&
        Array.from(value.matchAll(/[^\s(){}$,:]+/g)).some(([word]) => names.has(word))
      if (value.includes('\n') || mentions) names.add(name)
    }
  }
  cache.set(database, names)
  return names
}
