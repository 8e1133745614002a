import { statSync } from 'node:fs'
import { join } from 'node:path'
import { FerryError } from '../core/errors.ts'
import { asFolder, type ObjectUrl, parseObjectUrl } from '../formats/object-url.ts'

/** A local path on the command line, whatever is in it: `a:b` is a file, not a store. */
export function localPath(path: string, directory: string): ObjectUrl {
  return parseObjectUrl(path.startsWith('file:') ? path : `file:${path}`, directory)
}

/** Whether copies go into the target: it ends in `/`, is a whole bucket, or is a folder here. */
export function isFolderTarget(url: ObjectUrl): boolean {
  if (url.key === '' || url.key.endsWith('/')) return true
  if (url.scheme !== 'file') return false
  return statSync(join(url.bucket, url.key), { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** The target as `copyObjects` takes it. */
export function asTarget(url: ObjectUrl, isFolder: boolean): ObjectUrl {
  return isFolder ? asFolder(url) : url
}

/** Sources, and the last operand, which is the target. @throws FerryError USAGE */
export function splitOperands(args: readonly string[]): {
  readonly sources: readonly string[]
  readonly target: string
} {
  const target = args.at(-1)
  if (target === undefined || args.length < 2) {
    throw new FerryError('USAGE', 'name what to copy, and then where to')
  }
  return { sources: args.slice(0, -1), target }
}
