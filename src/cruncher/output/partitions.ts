import { FerryError } from '../../core/errors.ts'
import type { LogRecord } from '../record.ts'
import { ByteSink } from './byte-sink.ts'
import { NumberFields } from './number-fields.ts'
import { partitionFolder } from './partition-folder.ts'
import { type PartitionField, type PartitionPart, partitionPart } from './partition-key.ts'
import { RecordSources } from './record-sources.ts'

/** Each costs some hundred bytes of memory and a file. */
const MOST_PARTITIONS = 100_000
const FIRST_KEY_BYTES = 256

/** Records that go to one file. */
export interface Partition {
  /** In order of appearance, from 0. */
  readonly id: number
  /** Of its file: `date=2026-03-01/`; empty when all records go to one file. */
  readonly folder: string
  rows: number
}

/** Finds the partition of each record; of records in a row that go to the same it is at hand. */
export class Partitions {
  readonly all: Partition[] = []
  readonly #parts: readonly PartitionPart[]
  readonly #sources = new RecordSources()
  readonly #numbers = new NumberFields()
  readonly #byKey = new Map<string, Partition>()
  readonly #byFolder = new Map<string, Partition>()
  #key = new ByteSink(FIRST_KEY_BYTES)
  #lastKey = new ByteSink(FIRST_KEY_BYTES)
  #last: Partition | undefined

  constructor(fields: readonly PartitionField[], routeName: (id: number) => string) {
    const from = { sources: this.#sources, numbers: this.#numbers, routeName }
    this.#parts = fields.map(field => partitionPart(field, from))
  }

  /** @throws FerryError DATA_INVALID (there are too many) */
  of(record: LogRecord): Partition {
    if (this.#parts.length === 0) {
      this.#last ??= this.#add('')
      return this.#last
    }
    this.#sources.load(record)
    this.#numbers.load(record)
    const key = this.#key
    key.length = 0
    for (const part of this.#parts) part.put(key, record)
    if (this.#last !== undefined && sameBytes(key, this.#lastKey)) return this.#last
    const partition = this.#find(record)
    this.#key = this.#lastKey
    this.#lastKey = key
    this.#last = partition
    return partition
  }

  #find(record: LogRecord): Partition {
    const key = this.#key.bytes.toString('latin1', 0, this.#key.length)
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const folders = this.#parts.map(part => partitionFolder(part.field, part.text(record)))
    const folder = `${folders.join('/')}/`
    const partition = this.#byFolder.get(folder) ?? this.#add(folder)
    this.#byKey.set(key, partition)
    return partition
  }

  #add(folder: string): Partition {
    if (this.all.length === MOST_PARTITIONS) {
      const fields = this.#parts.map(part => `\`${part.field}\``).join(' and ')
      throw new FerryError(
        'DATA_INVALID',
        `${fields} would make more than ${MOST_PARTITIONS} files of one input`,
        { hint: 'partition by a field that has fewer values' },
      )
    }
    const partition = { id: this.all.length, folder, rows: 0 }
    this.all.push(partition)
    this.#byFolder.set(folder, partition)
    return partition
  }
}

function sameBytes(a: ByteSink, b: ByteSink): boolean {
  if (a.length !== b.length) return false
  const left = a.bytes
  const right = b.bytes
  for (let i = 0; i < a.length; i++) if (left[i] !== right[i]) return false
  return true
}
