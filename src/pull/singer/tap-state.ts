import { join } from 'node:path'
import * as z from 'zod'
import { readIfPresent, writeFileAtomically } from '../../core/atomic-write.ts'
import { FerryError } from '../../core/errors.ts'
import { readEdges, stateFolder } from '../edge.ts'
import type { JsonValue } from '../json/parse-json.ts'

/**
 * What the edge of a stream is: the tap's own state, when it was read, in milliseconds, and the versions
 * that were active, by the names of tables.
 */
const tapEdge = z.object({
  seq: z.int().min(0),
  state: z.unknown(),
  versions: z.record(z.string(), z.int()).optional(),
})

export type TapEdge = z.output<typeof tapEdge>

/** `.ferry/pull/SOURCE.streams.json`: the tables that the tap had when it was pulled last. */
const streams = z.object({ version: z.literal(1), tables: z.array(z.string()) })

const streamsPath = (project: string, source: string): string =>
  join(stateFolder(project), `${source}.streams.json`)

/**
 * The state to begin with, undefined for the beginning: the oldest of the states that the warehouses have of the tap's streams: the tap begins where all of
 * its records are surely delivered. A stream that was pulled and never loaded means the beginning.
 */
export async function knownState(project: string, source: string): Promise<TapEdge | undefined> {
  const text = await readIfPresent(streamsPath(project, source))
  if (text === undefined) return undefined
  const { tables } = streams.parse(JSON.parse(text))
  let from: TapEdge | undefined
  for (const table of tables) {
    const edges = await readEdges(project, `${source}.${table}`)
    if (edges.length === 0 || edges.includes(null)) return undefined
    for (const edge of edges.flatMap(one => (one === null ? [] : [parseEdge(one, source)]))) {
      if (from === undefined || edge.seq < from.seq) from = edge
    }
  }
  return from
}

export function printEdge(edge: TapEdge): string {
  return JSON.stringify(edge)
}

function parseEdge(text: string, source: string): TapEdge {
  try {
    return tapEdge.parse(JSON.parse(text))
  } catch (error) {
    throw new FerryError(
      'DATA_INVALID',
      `\`.ferry/pull/${source}.*.json\` holds no state of a tap`,
      {
        cause: error,
        hint: `remove ${stateFolder('.')}/${source}.*: the tap then begins at the start`,
      },
    )
  }
}

/** Keeps which tables the tap has, before any of them is delivered. */
export async function keepStreams(
  project: string,
  source: string,
  tables: readonly string[],
): Promise<void> {
  const path = streamsPath(project, source)
  const content = { version: 1, tables: [...tables].sort() }
  await writeFileAtomically(path, `${JSON.stringify(content)}\n`)
}

/** The file that `--state` names. */
export async function writeStateFile(path: string, state: JsonValue): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(state)}\n`)
}
