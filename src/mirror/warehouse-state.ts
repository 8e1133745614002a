import { join } from 'node:path'
import * as z from 'zod'
import { readIfPresent } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'

/** `.ferry/mirror/S.T.json`: what `ferry load` keeps of each warehouse after its commit. */
const state = z.object({
  version: z.literal(1),
  warehouses: z.record(z.string(), z.object({ to: z.string().nullable() })),
})

/**
 * The edges of all warehouses that have the table; none when no one has.
 * @throws FerryError DATA_INVALID: the file is damaged
 */
export async function warehouseEdges(
  projectDirectory: string,
  name: string,
): Promise<readonly (string | null)[]> {
  const path = join(projectDirectory, '.ferry/mirror', `${name}.json`)
  const text = await readIfPresent(path)
  if (text === undefined) return []
  try {
    return Object.values(state.parse(JSON.parse(text)).warehouses).map(({ to }) => to)
  } catch (error) {
    throw new FerryError('DATA_INVALID', `\`${path}\` does not hold what \`ferry load\` writes`, {
      cause: error,
      hint: 'remove it: the table is then taken as a whole',
    })
  }
}
