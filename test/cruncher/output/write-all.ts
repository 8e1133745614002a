import {
  openRecordWriter,
  type RecordWriterOptions,
} from '../../../src/cruncher/output/open-record-writer.ts'
import type { OutputFile } from '../../../src/cruncher/output/output-files.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { fillRecord, type RecordContent } from './record-builder.ts'

/** Writes records to their files, from one record that is filled again and again. */
export async function writeAll(
  options: RecordWriterOptions,
  contents: Iterable<RecordContent>,
): Promise<readonly OutputFile[]> {
  const writer = openRecordWriter(options)
  const record = new LogRecord()
  for (const content of contents) {
    writer.write(fillRecord(record, content))
  }
  return writer.finish()
}
