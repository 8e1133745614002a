import { hash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { readIfPresent, writeFileAtomically } from '../../core/atomic-write.ts'
import { FerryError } from '../../core/errors.ts'
import { readEdges, stateFolder } from '../edge.ts'

const listing = z.object({ version: z.literal(1), files: z.record(z.string(), z.string()) })

/**
 * Which files a table was read from: `.ferry/pull/SOURCE.TABLE.files/ID.json`, a version a file. The
 * edge of a delivery is the ID of the listing that it brings the warehouse to.
 */
export class KnownFiles {
  readonly #folder: string
  readonly #listings: readonly ReadonlyMap<string, string>[]
  readonly #edges: readonly (string | null)[]

  private constructor(
    folder: string,
    edges: readonly (string | null)[],
    listings: readonly ReadonlyMap<string, string>[],
  ) {
    this.#folder = folder
    this.#edges = edges
    this.#listings = listings
  }

  static async read(project: string, name: string): Promise<KnownFiles> {
    const folder = join(stateFolder(project), `${name}.files`)
    const edges = await readEdges(project, name)
    const listings = await Promise.all(
      edges.map(async edge =>
        edge === null ? new Map<string, string>() : await readListing(join(folder, `${edge}.json`)),
      ),
    )
    return new KnownFiles(folder, edges, listings)
  }

  /** What all warehouses have of a file; undefined where one lacks it, or has another version. */
  version(name: string): string | undefined {
    const versions = new Set(this.#listings.map(files => files.get(name)))
    return versions.size === 1 ? [...versions][0] : undefined
  }

  /** All warehouses have something already. */
  get isPart(): boolean {
    return this.#edges.length > 0
  }

  get from(): string | null {
    return this.#edges[0] ?? null
  }

  /** Keeps a listing and returns its ID; those that no warehouse is at any more are removed. */
  async keep(read: ReadonlyMap<string, string>): Promise<string> {
    const [first] = this.#listings
    const files = Object.fromEntries(
      [...(first ?? []), ...read].filter(
        ([name]) => read.has(name) || this.version(name) !== undefined,
      ),
    )
    const text = `${JSON.stringify({ version: 1, files })}\n`
    const id = hash('sha256', text).slice(0, 16)
    await writeFileAtomically(join(this.#folder, `${id}.json`), text)
    const needed = new Set([id, ...this.#edges].map(one => `${one}.json`))
    for (const name of await readdir(this.#folder)) {
      if (!needed.has(name)) await rm(join(this.#folder, name), { force: true })
    }
    return id
  }
}

async function readListing(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readIfPresent(path)
  // Without it nothing is known: all files are read again, and applying them twice changes nothing.
  if (text === undefined) return new Map()
  try {
    return new Map(Object.entries(listing.parse(JSON.parse(text)).files))
  } catch (error) {
    throw new FerryError('DATA_INVALID', `\`${path}\` holds no listing of files`, {
      cause: error,
      hint: 'remove it: all files are then read again',
    })
  }
}
