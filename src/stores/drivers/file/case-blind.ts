import { access, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FerryError, systemErrorCode } from '../../../core/errors.ts'
import { showKey } from '../../../formats/object-key.ts'

/** Folders of which it is known; more are asked again. */
const MOST_KNOWN = 1_000
const known = new Map<string, boolean>()

/**
 * Whether case tells no names apart in the folder of a file, whose name has small letters. Some file systems (of macOS and
 * Windows, ext4 where told so) take `a.csv` and `A.csv` for one file; they are asked, not guessed.
 */
export async function isCaseBlind(file: string): Promise<boolean> {
  const folder = dirname(file)
  const answer = known.get(folder)
  if (answer !== undefined) return answer
  const isBlind = await access(join(folder, basename(file).toUpperCase())).then(
    () => true,
    () => false,
  )
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(folder, isBlind)
  return isBlind
}

/**
 * What is at the path of a key must be spelled as the key is, its folders too; else it is another
 * object, which writing would replace. @throws FerryError KEY_INVALID
 */
export async function assertOwnName(root: string, key: string): Promise<void> {
  let folder = root
  for (const segment of key.split('/')) {
    const names = await namesIn(folder)
    const isSame = (name: string): boolean => name.toLowerCase() === segment.toLowerCase()
    const other = names.includes(segment) ? undefined : names.find(isSame)
    if (other !== undefined) {
      const taken = showKey(join(folder, other))
      const message = `case tells no names apart here, and \`${taken}\` exists`
      throw new FerryError('KEY_INVALID', `\`${showKey(key)}\` cannot be written: ${message}`, {
        hint: 'copy it by name to a key that differs by more, or leave it out (--exclude)',
        details: { key },
      })
    }
    folder = join(folder, segment)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  }
}
