/**
 * `make demo` after installation: 60 s or less, 1 GB of memory or less. Memory is the sum over all
 * processes that the demo started, sampled up to ten times a second; pages that several of them share
 * are counted once (PSS).
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const MOST_SECONDS = 60
const MOST_MEGABYTES = 1000
const mark = `FERRY_BENCH_MARK=${randomUUID()}`
const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-'))

const begun = performance.now()
const demo = spawn(
  process.execPath,
  [
    join(import.meta.dirname, '../../examples/company/demo.ts'),
    '--directory',
    join(folder, 'demo'),
  ],
  {
    env: { ...process.env, [mark.split('=')[0] ?? '']: mark.split('=')[1] },
    stdio: ['ignore', 'ignore', 'inherit'],
  },
)
let peak = { bytes: 0, processes: [] as string[] }
const exit = once(demo, 'exit')
while (demo.exitCode === null && demo.signalCode === null) {
  await Promise.all([sample(), sleep(100)])
}
const [code] = await exit
const seconds = (performance.now() - begun) / 1000
await rm(folder, { recursive: true, force: true })

const megabytes = peak.bytes / 1e6
console.log(`demo: ${seconds.toFixed(1)} s (${MOST_SECONDS} or less)`)
console.log(`demo: ${megabytes.toFixed(0)} MB at the peak (${MOST_MEGABYTES} or less), of which`)
for (const line of peak.processes) console.log(`  ${line}`)
process.exitCode = code === 0 && seconds <= MOST_SECONDS && megabytes <= MOST_MEGABYTES ? 0 : 1

async function sample(): Promise<void> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const parents = new Map<number, number>()
  const marked = new Set([demo.pid ?? 0])
  for (const pid of pids) {
    const stat = await read(pid, 'stat')
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    if ((await read(pid, 'environ')).includes(mark)) marked.add(pid)
  }
  let bytes = 0
  const processes: { bytes: number; line: string }[] = []
  for (const pid of pids) {
    if (!descends(pid, parents, marked)) continue
    const used = 1024 * Number(/^Pss: +(\d+)/m.exec(await read(pid, 'smaps_rollup'))?.[1] ?? 0)
    const command = (await read(pid, 'cmdline')).replaceAll('\0', ' ').slice(0, 80)
    bytes += used
    processes.push({ bytes: used, line: `${(used / 1e6).toFixed(0)} MB ${command}` })
  }
  if (bytes <= peak.bytes) return
  processes.sort((a, b) => b.bytes - a.bytes)
  peak = { bytes, processes: processes.slice(0, 8).map(one => one.line) }
}

function descends(
  pid: number,
  parents: ReadonlyMap<number, number>,
  roots: ReadonlySet<number>,
): boolean {
  for (let one: number | undefined = pid; one !== undefined && one > 1; one = parents.get(one)) {
    if (roots.has(one)) return true
  }
  return false
}

/** Empty when the process is gone or not ours to read. */
async function read(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
}
