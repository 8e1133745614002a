import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, extname, join, posix, relative } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'
import { type Finding, finding } from './finding.ts'
import { type MakeView, OWN_FOLDER } from './make-view.ts'

/** Larger files are data, not scripts: what they mention is not looked at. */
const MAX_SCRIPT_BYTES = 1_000_000
/** For people. */
const FOR_READERS = /^(readme|license|changelog)\b|\.md$/i

export interface UnusedFilesOptions {
  readonly directory: string
  /** Relative to the project: `scripts`, `models`. */
  readonly folders: readonly string[]
  /** Files that are in use by being there: the models themselves. */
  readonly usedAnyway: ReadonlySet<string>
}

/**
 * Files that no makefile, no recipe and no other used file mentions. A mention is the path, or the
 * bare name; in another script, the name without its suffix too (an import). A folder or a pattern
 * that a recipe names stands for all it holds.
 */
export async function unusedFiles(view: MakeView, options: UnusedFilesOptions): Promise<Finding[]> {
  const files = new Map<string, string>()
  for (const folder of options.folders) {
    for (const file of await filesBelow(options.directory, folder)) {
      const text = await readFile(join(options.directory, file), 'utf8')
      files.set(file, text.length > MAX_SCRIPT_BYTES ? '' : text)
    }
  }
  const used = new Set([...files.keys()].filter(file => options.usedAnyway.has(file)))
  const makeText = textOfMake(view)
  const covered = coverings(makeText, options.folders)
  for (const file of files.keys()) {
    if (covered.some(covers => covers(file)) || mentions(makeText, file)) used.add(file)
  }
  const waiting = [...used]
  for (let user = waiting.pop(); user !== undefined; user = waiting.pop()) {
    const text = files.get(user) ?? ''
    for (const file of files.keys()) {
      if (used.has(file) || !mentionedIn(text, user, file)) continue
      used.add(file)
      waiting.push(file)
    }
  }
  return [...files.keys()]
    .filter(file => !used.has(file) && !FOR_READERS.test(basename(file)))
    .map(file => finding('unused-file', { file, line: 1 }, 'nothing uses this file'))
}

function textOfMake(view: MakeView): string {
  const written = [...view.targets.values()].filter(one => !one.name.startsWith(OWN_FOLDER))
  const targets = written.flatMap(target => [
    ...target.prerequisites,
    ...target.orderOnly,
    ...target.recipes.flatMap(recipe => recipe.lines),
  ])
  const patterns = view.patterns.flatMap(rule => [...rule.prerequisites, ...rule.recipe.lines])
  return [...view.makefiles, ...targets, ...patterns, ...[...view.commands.values()].flat()].join(
    '\n',
  )
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

function mentions(text: string, name: string): boolean {
  const base = basename(name)
  // The fast way out: no name without its last part.
  return text.includes(base) && new RegExp(`(?<![\\w.-])${escape(base)}(?![\\w-])`).test(text)
}

function mentionedIn(text: string, user: string, file: string): boolean {
  if (mentions(text, file)) return true
  const near = relative(dirname(user), file)
  if (mentions(text, near)) return true
  const stem = basename(file, extname(file))
  return extname(user) === extname(file) && new RegExp(`\\b${escape(stem)}\\b`).test(text)
}

/** `scripts`, `scripts/`, `scripts/*.sql`, `scripts/%.sql` and `./scripts/load-*`. */
function coverings(text: string, folders: readonly string[]): ((file: string) => boolean)[] {
  const words = new Set(text.split(/[\s'"=;|&<>(),]+/).map(word => posix.normalize(word)))
  return [...words].flatMap(word => {
    if (!folders.some(folder => word.startsWith(folder))) return []
    if (!/[*?%]/.test(word)) {
      const folder = `${word.replace(/\/$/, '')}/`
      return [(file: string) => file.startsWith(folder)]
    }
    const pattern = escape(word)
      .replace(/\\\*|%/g, '[^/]*')
      .replaceAll(String.raw`\?`, '.')
    const matcher = new RegExp(`^${pattern}(/|$)`)
    return [(file: string) => matcher.test(file)]
  })
}

async function filesBelow(directory: string, folder: string): Promise<string[]> {
  try {
    const entries = await readdir(join(directory, folder), { recursive: true, withFileTypes: true })
    return entries
      .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
      .map(entry => relative(directory, join(entry.parentPath, entry.name)))
      .filter(file => !/(^|\/)(\.|node_modules\/|__pycache__\/)/.test(file))
      .sort()
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  }
}
