import * as z from 'zod'
import { join } from 'node:path'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'
import { readValue } from './columns/read-value.ts'

/**
 * `.ferry/pull/SOURCE.TABLE.json`: how far each warehouse has the table. `ferry load` writes it after
 * its commit; the next pull starts at the lowest, so that nothing is left out anywhere. A file that is
 * older than the warehouse only makes the next pull overlap.
 */
const edges = z.object({
  version: z.literal(1),
  warehouses: z.record(z.string(), z.object({ to: z.string().nullable(), delivery: z.string() })),
})

export const stateFolder = (project: string): string => join(project, '.ferry/pull')

const edgePath = (project: string, name: string): string =>
  join(stateFolder(project), `${name}.json`)

/**
 * Where all warehouses have the table to: opaque texts of earlier deliveries, null after one that had
 * no end to go on from; empty when none has it.
 */
export async function readEdges(
  project: string,
  name: string,
): Promise<readonly (string | null)[]> {
  const path = edgePath(project, name)
  const text = await readIfPresent(path)
  if (text === undefined) return []
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined // which the schema refuses
  }
  const read = edges.safeParse(json)
  if (read.success) return Object.values(read.data.warehouses).map(({ to }) => to)
  throw new FerryError('DATA_INVALID', `\`${path}\` does not say how far the warehouses have it`, {
    cause: read.error,
    hint: 'remove it: the next pull begins at the start',
  })
}

/** For tables that nobody loads: what was delivered counts as taken (`advance: pull`). */
export async function writeOwnEdge(project: string, name: string, to: string): Promise<void> {
  const content = { version: 1, warehouses: { '(pull)': { to, delivery: '' } } }
  await writeFileAtomically(edgePath(project, name), `${JSON.stringify(content)}\n`)
}

/** Below 0 when `a` comes before `b`: numbers and time stamps as such, anything else as text. */
export function compareEdges(a: string, b: string): number {
  const [x, y] = [readValue(a, true), readValue(b, true)]
  if (x !== undefined && y !== undefined && isNumber(x.kind) && isNumber(y.kind)) {
    const difference = Number(x.text) - Number(y.text)
    if (difference !== 0 || x.text === y.text) return difference
    return x.text.length - y.text.length || (x.text < y.text ? -1 : 1)
  }
  // The texts of time stamps in UTC are in the order of their instants.
  const [left, right] = [x?.text.replace('+00', '') ?? a, y?.text.replace('+00', '') ?? b]
  return left < right ? -1 : left > right ? 1 : 0
}

const isNumber = (kind: string): boolean => ['int53', 'int64', 'float', 'decimal'].includes(kind)
