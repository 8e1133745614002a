/**
 * What GNU make (4.3, 4.4) prints with `-p`, read into data. Facts that matter here:
 * - `# Files` holds a block for each file that make knows; those that are no target say so.
 * - Names are printed bare: a blank inside a name looks like the blank between two. As every
 *   prerequisite has a block of its own, the set of names decides.
 * - Recipes are printed as written, each line behind the recipe prefix, unexpanded.
 */
export interface MakeRecipe {
  /** Logical lines as written (continuations joined by `\` and newline), without the prefix. */
  readonly lines: readonly string[]
  /** Where the first line stands; undefined for a built-in recipe. */
  readonly file: string | undefined
  readonly line: number | undefined
}

export interface MakeTarget {
  readonly name: string
  /** False for a plain file that some rule needs and none makes. */
  readonly isTarget: boolean
  readonly phony: boolean
  readonly doubleColon: boolean
  readonly prerequisites: readonly string[]
  readonly orderOnly: readonly string[]
  /** One, several for a double-colon target, none for a mere list of prerequisites. */
  readonly recipes: readonly MakeRecipe[]
  /** Every other target that the same run of the recipe makes. */
  readonly alsoMakes: readonly string[]
}

export interface MakeVariable {
  readonly name: string
  readonly value: string
  /** `makefile`, `environment`, `default`, `command line`, `override` or `automatic`. */
  readonly origin: string
  readonly file: string | undefined
  readonly line: number | undefined
  /** Expanded when it was set (`:=`), not when it is used. */
  readonly simple: boolean
}

export interface MakeDatabase {
  readonly targets: ReadonlyMap<string, MakeTarget>
  /** Global variables only. */
  readonly variables: ReadonlyMap<string, MakeVariable>
  /** Every makefile that was read, in order. */
  readonly makefiles: readonly string[]
  /** Targets that would be made now (`make -n --trace`), in make's order. */
  readonly outOfDate: readonly string[]
  /** What make complained about, without `make: `; a goal that no rule makes, for example. */
  readonly complaints: readonly string[]
}

interface Block {
  header: string
  isTarget: boolean
  phony: boolean
  automaticName: string | undefined
  alsoMakes: string
  lines: string[]
  file: string | undefined
  line: number | undefined
}

const START = '# Make data base, printed on '

/** Parses the whole output of `make -pn --trace`. Pure. */
export function parseMakeDatabase(output: string, complaints: readonly string[]): MakeDatabase {
  const start = output.startsWith(START) ? 0 : output.indexOf(`\n${START}`) + 1
  const files = output.indexOf('\n# Files\n', start)
  const variables = parseVariables(output.slice(start, files === -1 ? undefined : files))
  const blocks = files === -1 ? [] : parseBlocks(output.slice(files + 9))
  return {
    targets: connect(blocks),
    variables,
    makefiles: (variables.get('MAKEFILE_LIST')?.value ?? '').split(/\s+/).filter(Boolean),
    outOfDate: parseTrace(output.slice(0, start)),
    complaints,
  }
}

/** `makefile:3: target 'x' does not exist`, `makefile:3: update target 'x' due to: y`. */
function parseTrace(text: string): string[] {
  const names = text.matchAll(
    /^[^\n]*?:\d+: (?:update )?target '([^\n]*)' (?:due to: |does not exist$)/gm,
  )
  return [...new Set(Array.from(names, match => match[1] ?? ''))]
}

function parseVariables(text: string): Map<string, MakeVariable> {
  const variables = new Map<string, MakeVariable>()
  const lines = text.split('\n')
  let about: RegExpExecArray | null = null
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line.startsWith('# ')) {
      about = /^# '?([a-z]+(?: line)?)'?[^(]*(?:\(from '(.*)', line (\d+)\))?$/.exec(line)
      continue
    }
    const define = /^define (.+?)(?: (:?)=)?$/.exec(line)
    const plain = /^(\S.*?) (:{0,3})=(?: (.*))?$/.exec(line)
    const [, name, colon] = define ?? plain ?? []
    if (name === undefined || about === null) continue
    let value = plain?.[3] ?? ''
    if (define !== null) {
      const end = lines.indexOf('endef', at)
      value = lines.slice(at + 1, end === -1 ? undefined : end).join('\n')
      at = end === -1 ? lines.length : end
    }
    variables.set(name, {
      name,
      value,
      origin: about[1] ?? '',
      file: about[2],
      line: about[3] === undefined ? undefined : Number(about[3]),
      simple: colon !== '',
    })
    about = null
  }
  return variables
}

function parseBlocks(text: string): Block[] {
  const blocks: Block[] = []
  let block: Block | undefined
  let isTarget = true
  let inRecipe = false
  for (const line of text.split('\n')) {
    if (line === '') {
      block = undefined
      isTarget = true
      inRecipe = false
    } else if (inRecipe && block !== undefined) {
      block.lines.push(line.slice(1))
    } else if (block === undefined) {
      if (line === '# Not a target:') isTarget = false
      else if (line.startsWith('# ')) continue
      else {
        block = {
          header: line,
          isTarget,
          phony: false,
          automaticName: undefined,
          alsoMakes: '',
          lines: [],
          file: undefined,
          line: undefined,
        }
        blocks.push(block)
      }
    } else if (line.startsWith('#  recipe to execute')) {
      const place = /\(from '(.*)', line (\d+)\)/.exec(line)
      block.file = place?.[1]
      block.line = place === null ? undefined : Number(place[2])
      inRecipe = true
    } else if (line.startsWith('# @ := ')) block.automaticName = line.slice(7)
    else if (line.startsWith('#  Also makes: ')) block.alsoMakes = line.slice(15)
    else if (line.startsWith('#  Phony target')) block.phony = true
    else if (line === '#  Builtin rule') blocks.pop()
  }
  return blocks
}

interface Header {
  readonly name: string
  readonly colons: string
  readonly prerequisites: string
  readonly orderOnly: string
}

function parseHeader(block: Block): Header | undefined {
  const known = block.automaticName
  const rest =
    known !== undefined && block.header.startsWith(`${known}:`)
      ? /^(::?)(?: (.*))?$/.exec(block.header.slice(known.length))
      : null
  const match = rest === null ? /^(.+?)(::?)(?: (.*))?$/.exec(block.header) : null
  const name = rest === null ? match?.[1] : known
  if (name === undefined) return undefined
  const needs = ` ${rest?.[2] ?? match?.[3] ?? ''} `
  const bar = needs.indexOf(' | ')
  return {
    name,
    colons: rest?.[1] ?? match?.[2] ?? ':',
    prerequisites: bar === -1 ? needs : needs.slice(0, bar),
    orderOnly: bar === -1 ? '' : needs.slice(bar + 3),
  }
}

function connect(blocks: readonly Block[]): Map<string, MakeTarget> {
  const parsed = blocks.flatMap(block => {
    const header = parseHeader(block)
    return header === undefined ? [] : [{ block, header }]
  })
  const names = new Set(parsed.map(one => one.header.name))
  const targets = new Map<string, MakeTarget>()
  for (const { block, header } of parsed) {
    const before = targets.get(header.name)
    const recipe: MakeRecipe = { lines: joinLines(block.lines), file: block.file, line: block.line }
    const merge = (old: readonly string[] | undefined, text: string): readonly string[] => {
      const added = splitNames(text, names)
      return old === undefined || old.length === 0 ? added : [...new Set([...old, ...added])]
    }
    targets.set(header.name, {
      name: header.name,
      isTarget: block.isTarget,
      phony: block.phony || before?.phony === true,
      doubleColon: header.colons === '::',
      prerequisites: merge(before?.prerequisites, header.prerequisites),
      orderOnly: merge(before?.orderOnly, header.orderOnly),
      recipes: [...(before?.recipes ?? []), ...(block.lines.length === 0 ? [] : [recipe])],
      alsoMakes: splitNames(block.alsoMakes, names).filter(name => name !== header.name),
    })
  }
  return targets
}

/** Splits at blanks, but keeps together what is one known name. */
function splitNames(text: string, names: ReadonlySet<string>): string[] {
  const words = text.split(' ').filter(Boolean)
  const result: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    let end = at + 1
    if (!names.has(word)) {
      end = words.length
      while (end > at + 1 && !names.has(words.slice(at, end).join(' '))) end -= 1
    }
    result.push(words.slice(at, end).join(' '))
    at = end - 1
  }
  return result
}

/** Physical lines to logical ones: a line that ends in a bare backslash goes on in the next. */
export function joinLines(physical: readonly string[]): string[] {
  const lines: string[] = []
  let open = false
  for (const line of physical) {
    if (open) lines.push(`${lines.pop() ?? ''}\n${line}`)
    else lines.push(line)
    open = /(^|[^\\])(\\\\)*\\$/.test(line)
  }
  return lines
}
