/**
 * One object of 1 GB up and down, S3 and Azure: Ferry, rclone and s3cmd in turns. Budget: 90 % of
 * the fastest of the others, or less CPU where the server is the limit; 200 MB of memory.
 * Rclone downloads from Azure without a look at the blob's MD5; as it does look, it stands beside.
 * FERRY_BENCH_MB and FERRY_BENCH_ROUNDS change the size and the rounds.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, type Measured, printRow, startBenches } from './tools.ts'

const MEGABYTES = Number(process.env['FERRY_BENCH_MB'] ?? 1000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 3)

const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-'))
try {
  const file = join(folder, 'large')
  await fill(file)
  const wanted = await digest(file)
  for await (const bench of startBenches(folder)) {
    await measure(bench, file, wanted)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function measure(bench: Bench, file: string, wanted: string): Promise<void> {
  const { service } = bench
  const tools = [...bench.tools, ...bench.verifying]
  const up = new Map<string, Measured[]>(tools.map(({ name }) => [name, []]))
  const down = new Map<string, Measured[]>(tools.map(({ name }) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const tool of tools) {
      const copy = join(folder, 'copy')
      const key = `large-${tools.indexOf(tool)}`
      up.get(tool.name)?.push(await tool.upload(file, key))
      await rm(copy, { force: true })
      down.get(tool.name)?.push(await tool.download(key, copy))
      if ((await digest(copy)) !== wanted) throw new Error(`${tool.name}: other bytes`)
    }
  }
  printRow(`${service}: ${MEGABYTES} MB up`, up)
  printRow(`${service}: ${MEGABYTES} MB down`, down)
}

async function fill(path: string): Promise<void> {
  await using target = await open(path, 'w')
  const block = Buffer.alloc(1_000_000)
  for (let at = 0; at < MEGABYTES; at += 1) {
    for (let word = 0; word < block.length; word += 4) {
      block.writeUInt32LE((word * 2_654_435_761 + at * 40_503) >>> 0, word)
    }
    await target.write(block)
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(Buffer.from(chunk))
  return hash.digest('hex')
}
