import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresent } from '../../core/atomic-write.ts'
import { FerryError, systemErrorCode } from '../../core/errors.ts'
import { parseTableManifest } from '../../formats/table-manifest.ts'
import { type Delivery, deliveryOf } from '../../loader/delivery.ts'

/** Who delivers, in the order in which they are looked for. */
const ROOMS = ['mirror', 'pull'] as const
export type Room = (typeof ROOMS)[number]

export interface FoundDelivery {
  readonly delivery: Delivery
  readonly from: Room
}

/**
 * The night's delivery of a table: the manifest that `ferry mirror` or `ferry pull` wrote.
 * @throws FerryError INPUT_MISSING, MANIFEST_INVALID
 */
export async function findDelivery(
  directory: string,
  date: string,
  table: string,
): Promise<FoundDelivery> {
  for (const from of ROOMS) {
    const name = `intermediate/${date}/${from}/${table}`
    const text = await readIfPresent(join(directory, name))
    if (text === undefined) continue
    const delivery = deliveryOf(parseTableManifest(text, name))
    if (delivery.table === table) return { delivery, from }
    throw new FerryError('MANIFEST_INVALID', `\`${name}\` is of the table \`${delivery.table}\``)
  }
  throw new FerryError('INPUT_MISSING', `nothing of \`${table}\` was delivered on ${date}`, {
    hint: `have it delivered: ferry mirror ${table} --date ${date}; or name its files: ferry load ${table} URL...`,
  })
}

/** Names of all tables that were delivered on a night, sorted. */
export async function tablesOfNight(directory: string, date: string): Promise<readonly string[]> {
  const names = new Set<string>()
  for (const room of ROOMS) {
    const folder = join(directory, 'intermediate', date, room)
    for (const entry of await listFolder(folder)) {
      // Beside manifests lie temporary files and what is about them.
      if (entry.isFile() && /^[^.]+\.[^.]+$/.test(entry.name)) names.add(entry.name)
    }
  }
  return [...names].sort()
}

async function listFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw error
  }
}
