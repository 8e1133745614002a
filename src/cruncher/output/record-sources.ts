import { ABSENT, type LogRecord, TEXT_FIELDS } from '../record.ts'
import { ByteSource } from './byte-sink.ts'

/** The buffers of a record as they are read here; views of them are made once and kept. */
export class RecordSources {
  readonly #sources: ByteSource[] = []

  /** Must be called for each record before its texts are read. */
  load(record: LogRecord): void {
    const { buffers } = record
    for (let i = 0; i < buffers.length; i++) {
      const buffer = buffers[i]
      if (buffer === undefined || this.#sources[i]?.bytes === buffer) continue
      this.#sources[i] = new ByteSource(buffer)
    }
  }

  at(number: number | undefined): ByteSource {
    return this.#sources[number ?? 0] ?? EMPTY
  }
}

const EMPTY = new ByteSource(Buffer.alloc(0))

/** The bytes of all texts of a record, names included, as they lie in it. */
export function textBytes(record: LogRecord): number {
  let bytes = 0
  for (let field = 0; field < TEXT_FIELDS.length; field++) {
    if (record.kind[field] !== ABSENT) bytes += (record.to[field] ?? 0) - (record.from[field] ?? 0)
  }
  const { nameFrom, nameTo, valueFrom, valueTo } = record
  for (let i = 0; i < record.attributes; i++) {
    bytes += (nameTo[i] ?? 0) - (nameFrom[i] ?? 0) + (valueTo[i] ?? 0) - (valueFrom[i] ?? 0)
  }
  return bytes
}
