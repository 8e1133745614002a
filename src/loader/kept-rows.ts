import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TableColumn } from '../formats/column-type.ts'
import { csvLine } from '../formats/csv.ts'
import { PackedFile } from './packed-file.ts'

export interface KeptFile {
  /** Absolute. */
  readonly path: string
  readonly rows: number
  readonly bytes: number
}

interface OpenFile {
  readonly path: string
  readonly file: PackedFile
  rows: number
}

/** Rows that follow each other stay together: few changes of the file, files of like size. */
const ROWS_IN_A_ROW = 500

/**
 * Files of rows, each with a header line: one a part, or a number of them that the rows are spread
 * over, for engines that read as many at once.
 */
export class KeptRows implements AsyncDisposable {
  readonly #columns: readonly TableColumn[]
  readonly #folder: string
  readonly #spread: number | undefined
  readonly #files: OpenFile[] = []
  #rows = 0

  constructor(options: {
    readonly columns: readonly TableColumn[]
    readonly folder: string
    readonly spread?: number | undefined
  }) {
    this.#columns = options.columns
    this.#folder = options.folder
    this.#spread = options.spread
  }

  /** A part begins. */
  async begin(part: number): Promise<void> {
    if (this.#spread === undefined) return this.#open()
    if (part > 0) return
    for (let index = 0; index < this.#spread; index += 1) await this.#open()
  }

  async #open(): Promise<void> {
    const isSpread = this.#spread !== undefined
    const number = String(this.#files.length).padStart(4, '0')
    const path = join(this.#folder, `sifted-${number}.csv.${isSpread ? 'gz' : 'zst'}`)
    const file = await PackedFile.open(path, { compression: isSpread ? 'gzip' : 'zstd', level: 1 })
    this.#files.push({ path, file, rows: 0 })
    const names = this.#columns.map(column => column.name)
    await file.write(csvLine(names, ','))
  }

  async write(line: string): Promise<void> {
    const turn = Math.floor(this.#rows / ROWS_IN_A_ROW) % this.#files.length
    const one = this.#files[this.#spread === undefined ? this.#files.length - 1 : turn]
    if (one === undefined) return
    this.#rows += 1
    one.rows += 1
    await one.file.write(line)
  }

  async commit(): Promise<readonly KeptFile[]> {
    const kept: KeptFile[] = []
    for (const { path, file, rows } of this.#files) {
      await file.commit()
      kept.push({ path, rows, bytes: (await stat(path)).size })
    }
    return kept
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { file } of this.#files) await file[Symbol.asyncDispose]()
  }
}
