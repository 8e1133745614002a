import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rowsByDuckDb } from './parquet-rows.ts'
import { filesBelow, unpacked } from './written-rows.ts'

const isSoak = process.env['FERRY_SOAK'] !== undefined
const partitions = isSoak ? 10_000 : 1_000
const records = isSoak ? 2_000_000 : 100_000
/** Of a worker, all else included. */
const MOST_BYTES = 300 * 1_048_576

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-partitions-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(['jsonl', 'parquet'])(
  `${partitions} partitions of one input, as %s: all records, little memory, few descriptors`,
  async format => {
    const directory = join(folder, format)
    const program = join(import.meta.dirname, 'partition-writer.ts')
    // Young garbage is limited as in a worker; else V8 lets it grow with the machine's memory.
    const writing = `ulimit -n 64; exec "$0" --max-semi-space-size=4 ${program} ${format} ${partitions} ${records} ${directory}`
    const { stdout, stderr } = spawnSync('bash', ['-c', writing, process.execPath], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    const told = JSON.parse(stdout) as { files: number; rows: number; maxRssBytes: number }
    console.log(format, stdout)
    expect(told).toMatchObject({ files: partitions, rows: records })
    expect(told.maxRssBytes).toBeLessThan(MOST_BYTES)
    const files = await filesBelow(directory)
    expect(files).toHaveLength(partitions)
    const [one = ''] = files
    const path = join(directory, one)
    const rows =
      format === 'parquet'
        ? await rowsByDuckDb(path)
        : (await unpacked(path)).toString().trimEnd().split('\n')
    expect(rows).toHaveLength(records / partitions)
  },
  600_000,
)
