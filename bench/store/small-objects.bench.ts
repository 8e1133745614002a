/**
 * 10,000 objects of 10 KB up and down, S3 and Azure: Ferry, rclone and s3cmd in turns. Budget: as
 * fast as rclone, at less CPU; five times s3cmd, which goes once and with a tenth of the objects.
 * FERRY_BENCH_OBJECTS and FERRY_BENCH_ROUNDS change the number and the rounds.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, type Measured, printRow, startBenches, type Tool } from './tools.ts'

const OBJECTS = Number(process.env['FERRY_BENCH_OBJECTS'] ?? 10_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 3)
const BYTES = 10_000

const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-'))
try {
  const all = await fill('all', OBJECTS)
  const tenth = await fill('tenth', OBJECTS / 10)
  for await (const bench of startBenches(folder)) {
    await measure(bench, all, tenth)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function measure({ service, tools }: Bench, all: string, tenth: string): Promise<void> {
  const up = new Map<string, Measured[]>()
  const down = new Map<string, Measured[]>()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const tool of tools) {
      const isSlow = tool.name === 's3cmd'
      if (isSlow && round > 0) continue
      const label = isSlow ? `${tool.name}/10` : tool.name
      const { sent, got } = await there(tool, isSlow ? tenth : all, `${label}-${round}`)
      up.set(label, [...(up.get(label) ?? []), sent])
      down.set(label, [...(down.get(label) ?? []), got])
    }
  }
  printRow(`${service}: ${OBJECTS} small up`, up)
  printRow(`${service}: ${OBJECTS} small down`, down)
}

/** And back. */
async function there(
  tool: Tool,
  source: string,
  prefix: string,
): Promise<{ sent: Measured; got: Measured }> {
  const copy = join(folder, 'copy')
  await rm(copy, { recursive: true, force: true })
  await mkdir(copy)
  const sent = await tool.uploadAll(source, prefix)
  const got = await tool.downloadAll(prefix, copy)
  const [wanted, found] = [await readdir(source), await readdir(copy)]
  if (found.length !== wanted.length) {
    throw new Error(`${tool.name}: ${found.length} of ${wanted.length} came back`)
  }
  return { sent, got }
}

async function fill(name: string, count: number): Promise<string> {
  const path = join(folder, name)
  await mkdir(path)
  for (let index = 0; index < count; index += 1) {
    const bytes = Buffer.alloc(BYTES, `object ${index} `)
    await writeFile(join(path, `${String(index).padStart(6, '0')}.txt`), bytes)
  }
  return path
}
