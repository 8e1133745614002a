import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { Transform, type TransformCallback } from 'node:stream'
import type { ByteBudget } from '../core/byte-budget.ts'
import { FerryError } from '../core/errors.ts'
import { parquetOfRows } from '../databases/open-parquet.ts'
import type { TableColumn } from '../formats/column-type.ts'
import type { ManifestPart } from '../formats/manifest.ts'
import { joinObjectUrl, type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectStore } from '../stores/store.ts'
import { writeObject } from '../stores/write-object.ts'

/** Where the parts of a table go, and how. */
export interface PartsPlace {
  readonly store: ObjectStore
  /** Ends in `/`, or is a folder of this machine. */
  readonly folder: ObjectUrl
  readonly compress: 'gzip' | 'zstd' | 'none'
  /** Parquet instead of CSV, which compresses by itself. */
  readonly isParquet: boolean
  /** Of all parts that are under way. */
  readonly budget: ByteBudget
  readonly signal: AbortSignal
}

/** What comes out of the compressor at once: each piece is a call into another thread. */
const OUTPUT_BYTES = 262_144
const SENT_BYTES = 8_388_608
/** Speed before size: a night's files live for days. */
const LEVELS = { zstd: 1, gzip: 3 } as const
/**
 * How far back zstd looks: 128 KB, which stay in the processor's cache. At level 1 it remembers so few
 * places that the 512 KB which are its own choice find no more, and take a seventh longer.
 */
const ZSTD_WINDOW_LOG = 17

/** What Parquet makes of CSV, about; how large it is, is known only when all rows are there. */
const PARQUET_SHARE = 4

/**
 * A part under way: blocks go in, a compressed object comes out, seen whole or not at all. Other
 * threads compress while the caller fills the next block.
 */
export class OpenPart {
  /** Of rows that were put in; set by who puts them in. */
  rows = 0
  readonly #packer: Transform
  readonly #url: ObjectUrl
  readonly #written: Promise<void>
  #info: { readonly size: number; readonly crc32c: string } | undefined
  #bytes = 0

  /** `columns` of what Parquet files hold. */
  constructor(place: PartsPlace, name: string, columns: readonly TableColumn[]) {
    this.#url = joinObjectUrl(place.folder, name)
    this.#packer = packerOf(place.isParquet ? 'none' : place.compress)
    const content = place.isParquet
      ? parquetOfRows(columns, this.#packed(PARQUET_SHARE), place.signal)
      : this.#packed(1)
    this.#written = this.#write(place, content)
    this.#written.catch((error: unknown) => {
      this.#packer.destroy(error instanceof Error ? error : undefined)
    })
    this.#packer.on('error', () => {}) // seen by who writes, and at the end
  }

  /** Compressed so far; what is under way is not counted. */
  get bytes(): number {
    return this.#bytes
  }

  /** Takes a block, which is the caller's again when the promise resolves. */
  take(block: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#packer.write(block, error => (error ? reject(error) : resolve()))
    })
  }

  /** Resolves when the store has all of it. */
  async end(): Promise<ManifestPart> {
    this.#packer.end()
    await this.#written
    if (this.#info === undefined) throw new FerryError('BUG', 'a part was written without its sum')
    const { size, crc32c } = this.#info
    return { url: printObjectUrl(this.#url), bytes: size, crc32c, rows: this.rows }
  }

  /** Ends the writing; nothing of the part stays. */
  async giveUp(): Promise<void> {
    this.#packer.destroy(new FerryError('TRANSIENT', 'the part is given up'))
    await this.#written.catch(() => {}) // as it was told to
  }

  async #write(
    { store, budget, signal }: PartsPlace,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const options = { signal, budget, partBytes: SENT_BYTES }
    const { size, checksums } = await writeObject(store, this.#url.key, content, options)
    if (checksums.crc32c !== undefined) this.#info = { size, crc32c: checksums.crc32c }
  }

  async *#packed(share: number): AsyncGenerator<Uint8Array> {
    for await (const bytes of this.#packer) {
      this.#bytes += bytes.length / share
      yield bytes
    }
  }
}

function packerOf(compress: PartsPlace['compress']): Transform {
  const chunkSize = OUTPUT_BYTES
  switch (compress) {
    case 'none':
      return new Transform({ transform: copyThrough })
    case 'gzip':
      return createGzip({ level: LEVELS.gzip, chunkSize })
    case 'zstd': {
      const params = {
        [constants.ZSTD_c_compressionLevel]: LEVELS.zstd,
        [constants.ZSTD_c_windowLog]: ZSTD_WINDOW_LOG,
        [constants.ZSTD_c_checksumFlag]: 1, // who unpacks it finds out what a disk did to it
      }
      return createZstdCompress({ params, chunkSize })
    }
    default:
      return compress satisfies never
  }
}

/** The block is its owner's again before anybody has read what comes out. */
function copyThrough(block: Uint8Array, _encoding: string, done: TransformCallback): void {
  done(null, Buffer.from(block))
}
