import { ABSENT, LogRecord, MESSAGE } from '../record.ts'

/** What a redaction leaves of a text that never became a record, as if it were a record's message. */
export function redactText(
  redact: ((record: LogRecord) => void) | undefined,
): (text: Buffer) => Buffer {
  if (redact === undefined) return text => text
  const record = new LogRecord()
  return text => {
    record.reset(text)
    record.setSlice(MESSAGE, 0, text.length)
    redact(record)
    if (record.kind[MESSAGE] === ABSENT) return Buffer.alloc(0)
    const bytes = record.buffers[record.source[MESSAGE] ?? 0]
    // The redacted bytes are written over by the next call.
    return Buffer.from(bytes?.subarray(record.from[MESSAGE], record.to[MESSAGE]) ?? [])
  }
}
