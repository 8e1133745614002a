// Writes records in turn to so many partitions and tells what memory that took, in bytes, as JSON.
// Arguments: format, partitions, records, folder.
import { openRecordWriter } from '../../../src/cruncher/output/open-record-writer.ts'
import { LogRecord } from '../../../src/cruncher/record.ts'
import { fillRecord, json, plain } from './record-builder.ts'

const RECORDS_OF_A_PIECE = 1_000

const [, , format = '', partitions = '', records = '', directory = ''] = process.argv
const writer = openRecordWriter({
  format: format === 'parquet' ? 'parquet' : 'jsonl',
  compression: 'zstd',
  partitionBy: ['user_id'],
  directory,
  fileName: 'part',
  routeName: () => '',
  sourceFile: 'logs/2026-03-01/web-1.log.gz',
})
const record = new LogRecord()
for (let i = 0; i < Number(records); i++) {
  const content = {
    timeUs: 1_772_323_200_000_000 + i * 1_000,
    level: 3,
    service: plain('tasks'),
    path: plain(`/api/v1/tasks/${i}`),
    user_id: plain(`${(i * 7_919) % Number(partitions)}`),
    user_agent: plain(
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/126',
    ),
    message: plain(`request ${i} completed`),
    attributes: [[plain('n'), json(`${i}`)]] as const,
    format: 'json',
    lineNumber: i + 1,
  }
  writer.write(fillRecord(record, content))
  // As where an input is read: the event loop turns between its pieces.
  if (i % RECORDS_OF_A_PIECE === 0) await new Promise(setImmediate)
}
const files = await writer.finish()
const rows = files.reduce((sum, file) => sum + file.rows, 0)
const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
const cpuMs = Math.round((userCPUTime + systemCPUTime) / 1_000)
process.stdout.write(
  JSON.stringify({ files: files.length, rows, bytes, cpuMs, maxRssBytes: maxRSS * 1_024 }),
)
