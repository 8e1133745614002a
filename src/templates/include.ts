import { existsSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { FerryError } from '../core/errors.ts'

/** Where included files are looked up. */
export interface IncludeFolders {
  /** Relative file names start here, and names in errors are relative to it. */
  readonly directory: string
  /** Folders to try when the file is not beside the one that includes it. */
  readonly roots: readonly string[]
}

export interface FoundInclude {
  /** Absolute. */
  readonly path: string
  /** As shown in errors. */
  readonly file: string
}

/**
 * Finds an included file: beside the file `from` that includes it, then in the roots.
 * @param parents absolute paths of the files that are open already
 * @throws FerryError TEMPLATE_INVALID when a file would include itself, INPUT_MISSING; neither says
 * where the include stands
 */
export function findInclude(
  name: string,
  from: string,
  { directory, roots }: IncludeFolders,
  parents: readonly string[],
): FoundInclude {
  const own = resolve(directory, from)
  const folders = [dirname(own), ...roots.map(root => resolve(directory, root))]
  const candidates = isAbsolute(name) ? [name] : folders.map(folder => resolve(folder, name))
  const path = candidates.find(candidate => existsSync(candidate))
  if (path === undefined) {
    throw new FerryError('INPUT_MISSING', `no file \`${name}\` to include`, {
      hint: `looked for: ${[...new Set(candidates)].map(one => shown(one, directory)).join(', ')}`,
    })
  }
  const open = [...parents.filter(parent => parent !== own), own]
  if (open.includes(path)) {
    const files = [...open.slice(open.indexOf(path)), path].map(one => shown(one, directory))
    throw new FerryError(
      'TEMPLATE_INVALID',
      `\`${name}\` is included by itself: ${files.join(' -> ')}`,
    )
  }
  return { path, file: shown(path, directory) }
}

function shown(path: string, directory: string): string {
  const near = relative(resolve(directory), path)
  return near.startsWith('..') ? path : near
}
