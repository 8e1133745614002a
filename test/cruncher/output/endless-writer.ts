// Writes records to the folder of its argument until it is killed; says when the first are on the disk.
import { existsSync } from 'node:fs'
import { openRecordWriter } from '../../../src/cruncher/output/open-record-writer.ts'
import { plain, recordOf } from './record-builder.ts'

const [, , directory = ''] = process.argv
const writer = openRecordWriter({
  format: 'jsonl',
  compression: 'zstd',
  partitionBy: ['service'],
  directory,
  fileName: 'endless',
  routeName: () => '',
  sourceFile: 'none',
  maxBytes: 200_000,
})
const records = ['a', 'b', 'c'].map(name => recordOf({ service: plain(name) }))
let isTold = false
for (let i = 0; ; i++) {
  const record = records[i % 3]
  if (record === undefined) continue
  writer.write(record)
  if (isTold || i % 1_000 > 0 || !existsSync(directory)) continue
  isTold = true
  process.stdout.write('writing\n')
}
