/**
 * Takes the journal of one transfer again and again, for a while, and ends it each time; prints how
 * often it had it, and fails where another process had it too. Run by transfer-journals.test.ts.
 */
import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { TransferJournals } from '../../src/objects/transfer-journals.ts'

const [folder = '', ms] = process.argv.slice(2)
const journals = new TransferJournals(folder)
const object = { key: 'a', size: 1, modifiedAt: new Date(0), etag: '1', checksums: {} }
const end = Date.now() + Number(ms)
const marker = join(folder, 'taken')
let taken = 0
while (Date.now() < end) {
  using open = await journals.open({ source: 's3://a/a', target: 's3://b/a', object })
  if (open === undefined) continue
  closeSync(openSync(marker, 'wx')) // fails where it is there
  taken++
  await open.journal.ended()
  rmSync(marker)
}
console.log(taken)
