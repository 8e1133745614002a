import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FerryError, systemErrorCode } from '../core/errors.ts'
import { asFolder, printObjectUrl } from '../formats/object-url.ts'
import type { SyncSide, SyncSides } from './sync-plan.ts'

/**
 * One place inside of the other would copy its own copies, or remove what it has just written.
 * @throws FerryError USAGE
 */
export function assertApart({ source, target }: SyncSides): void {
  if (source.store.service !== target.store.service) return
  const from = placeOf(source)
  const to = placeOf(target)
  if (from !== to && !from.startsWith(to) && !to.startsWith(from)) return
  const [one, other] = [source, target].map(({ url }) => printObjectUrl(url))
  throw new FerryError('USAGE', `\`${one}\` and \`${other}\` lie in each other`, {
    hint: 'sync two places that have nothing in common',
  })
}

function placeOf({ store, url }: SyncSide): string {
  const folder = asFolder(url)
  if (!store.capabilities.isLocal) return printObjectUrl(folder)
  return printObjectUrl({ ...folder, bucket: realPath(folder.bucket) })
}

/** Where a path leads, through links; what is not there yet will be made where its folder leads. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' || dirname(path) === path) return path
    return join(realPath(dirname(path)), basename(path))
  }
}
