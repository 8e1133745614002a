import { printObjectUrl } from '../formats/object-url.ts'
import { readObject } from '../stores/read-object.ts'
import { type Compression, decompress } from '../formats/compression.ts'
import { checked } from './checked.ts'
import type { CopyObjectsOptions } from './copy-objects.ts'
import type { NameFilter } from './name-filter.ts'
import { nothingSelected, type Selection, selectObjects } from './selection.ts'
import type { StorePool } from './store-pool.ts'

export interface StreamOptions {
  readonly pool: StorePool
  readonly filter: NameFilter
  readonly signal: AbortSignal
  readonly decompress: Compression | undefined
  /** As `CopyObjectsOptions` has it; what fails it ends the stream with an error. */
  readonly expect?: CopyObjectsOptions['expect']
}

/**
 * The bytes of all that the selections name, one object behind the other. The first that cannot be
 * read, or is not what its checksum says, ends it with an error.
 */
export async function* streamObjects(
  selections: readonly Selection[],
  options: StreamOptions,
): AsyncGenerator<Uint8Array> {
  const { pool, filter, signal } = options
  for (const selection of selections) {
    const store = await pool.open(selection.url)
    let isEmpty = true
    for await (const selected of selectObjects(store, selection, { filter, signal })) {
      isEmpty = false
      if (selected.kind === 'failure') throw selected.error
      const url = printObjectUrl({ ...selection.url, key: selected.object.key })
      const check = options.expect?.(url, selected.object)
      const bytes = checked(readObject(store, selected.object, { signal }), check)
      yield* options.decompress === undefined ? bytes : decompress(bytes, options.decompress)
    }
    if (isEmpty) throw nothingSelected(selection)
  }
}
