import { readdir } from 'node:fs/promises'
import { basename, join, posix, relative, sep } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../core/errors.ts'

/** A file of the models' folder that is a model. */
export interface ModelFile {
  readonly name: string
  /** Relative to the project. */
  readonly file: string
}

export interface ModelFolder {
  /** Sorted by name. */
  readonly models: readonly ModelFile[]
  /** The folder itself and those in it that can hold models, relative to the project. */
  readonly folders: readonly string[]
}

/** PostgreSQL's names have 63 bytes; a longer one would be cut there, silently. */
const LONGEST_NAME = 63

/**
 * Finds the models: every `.sql` file of the folder and its sub-folders. Names that begin with `_`
 * or `.`, of files and of folders, are left alone: they are there to be included. No folder, no
 * models. @throws FerryError MODEL_INVALID for a name that cannot be, or that two files have
 */
export async function findModelFiles(directory: string, folder: string): Promise<ModelFolder> {
  const root = join(directory, folder)
  const folders = [toPosix(relative(directory, root)) || '.']
  const files: ModelFile[] = []
  for (const entry of await entriesOf(root)) {
    const inFolder = relative(root, join(entry.parentPath, entry.name))
    if (inFolder.split(sep).some(part => /^[_.]/.test(part))) continue
    const path = posix.join(folders[0] ?? '.', toPosix(inFolder))
    if (entry.isDirectory()) folders.push(path)
    else if (entry.name.endsWith('.sql')) files.push({ name: basename(path, '.sql'), file: path })
  }
  files.sort((a, b) => compare(a.name, b.name) || compare(a.file, b.file))
  const findings = [...wrongNames(files), ...repeatedNames(files)]
  if (findings.length > 0) throw new FerryError('MODEL_INVALID', findings.join('\n'))
  return { models: files, folders: folders.sort() }
}

async function entriesOf(root: string) {
  try {
    return await readdir(root, { recursive: true, withFileTypes: true })
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw asLocalIoError(error, root)
  }
}

function wrongNames(files: readonly ModelFile[]): string[] {
  return files.flatMap(({ name, file }) => {
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
      return `${file}: a model's name has letters, digits and _ only, and begins with a letter`
    }
    if (name.length <= LONGEST_NAME) return []
    return `${file}: a model's name has at most ${LONGEST_NAME} letters, this one ${name.length}`
  })
}

/** Engines do not tell `Users` from `users`. */
function repeatedNames(files: readonly ModelFile[]): string[] {
  const first = new Map<string, string>()
  return files.flatMap(({ name, file }) => {
    const other = first.get(name.toLowerCase())
    first.set(name.toLowerCase(), other ?? file)
    return other === undefined ? [] : `${file}: the model \`${name}\` is in ${other} already`
  })
}

const toPosix = (path: string): string => path.split(sep).join('/')

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
