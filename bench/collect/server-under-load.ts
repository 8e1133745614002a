import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

export const SECRET = 'a secret'
export const PORT = 18_080
const MAINTENANCE_KEY = 'a key'
const FERRY = join(import.meta.dirname, '../../bin/ferry')

/** Ferry, ferry without waiting for the disk, and two servers that only answer. */
export type Kind = 'ferry' | 'no-sync' | 'http' | 'socket'

/** Pins the server to a core, for what one core carries. */
export interface Place {
  readonly folder: string
  readonly core: string | undefined
}

export interface Load {
  readonly connections: number
  /** Between an answer and the next request of its connection. */
  readonly pauseMs: number
}

export interface Run {
  /** Seconds of CPU, of the whole process, for a million events. */
  readonly cpu: number
  readonly wall: number
  readonly mb: number
  readonly p99: string
}

const HTTP = `require('node:http').createServer((request, response) => {
  request.on('data', () => {}).on('end', () => response.end())
}).listen(${PORT}, '127.0.0.1', () => console.error('listening on it,'))`

/** Finds where the head ends, and answers; a piece of a body has no such place. */
const SOCKET = `require('node:net').createServer({ noDelay: true }, socket => {
  socket.on('error', () => {}).on('data', piece => {
    if (piece.indexOf('\\r\\n\\r\\n') >= 0) socket.write('HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n')
  })
}).listen(${PORT}, '127.0.0.1', () => console.error('listening on it,'))`

export async function start(kind: Kind, { folder, core }: Place): Promise<ChildProcess> {
  const project = await mkdtemp(join(folder, 'project-'))
  await writeFile(
    join(project, 'ferry.yaml'),
    `collect: { listen: "127.0.0.1:${PORT}", secret: "${SECRET}", maintenance_key: "${MAINTENANCE_KEY}", workers: ${core === undefined ? 2 : 1} }\n`,
  )
  const command =
    kind === 'http' || kind === 'socket'
      ? [process.execPath, '-e', kind === 'http' ? HTTP : SOCKET]
      : [FERRY, 'collect', ...(kind === 'no-sync' ? ['--no-sync'] : [])]
  const pinned = core === undefined ? command : ['taskset', '-c', core, ...command]
  const child = spawn(pinned[0] ?? '', pinned.slice(1), {
    cwd: project,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (said: Buffer) => {
      if (said.includes('listening on')) resolve()
    })
    child.once('exit', code => reject(new Error(`the server ended with ${code}`)))
  })
  return child
}

export async function used(pid: number | undefined): Promise<{ cpu: number; mb: number }> {
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { cpu: (Number(stat[11]) + Number(stat[12])) / 100, mb: Number(peak) / 1_000 }
}

export interface Work extends Place {
  readonly corpus: string
  readonly events: number
  readonly load: Load
}

/**
 * Sends the corpus once and returns what it cost. Ferry's cost is that of the whole way: at the end
 * everything is sealed, packed and delivered.
 */
export async function run(kind: Kind, work: Work): Promise<Run> {
  const server = await start(kind, work)
  const before = await used(server.pid)
  const { core, corpus, load } = work
  const threads = core === undefined ? 2 : 1
  const script = join(import.meta.dirname, 'replay.lua')
  const url = `http://127.0.0.1:${PORT}/api/v1/track`
  const wrk =
    `wrk -t ${threads} -c ${load.connections} -d 600s --latency -s ${script} ${url}`.split(' ')
  const sender = spawn('taskset', ['-c', core === '0' ? '1' : '0,1', ...wrk], {
    env: {
      ...process.env,
      CORPUS: corpus,
      THREADS: String(threads),
      PAUSE_MS: String(load.pauseMs),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = text(sender.stdout)
  const wall = await untilQuiet(server.pid)
  sender.kill('SIGINT') // it has sent all, and prints what it saw
  const report = await said
  if (/Non-2xx/.test(report)) throw new Error(`requests were refused: ${report}`)
  const isFerry = kind === 'ferry' || kind === 'no-sync'
  if (isFerry) await flush()
  const after = await used(server.pid)
  const taken = isFerry ? await storedEvents() : work.events
  // What was under way when a thread of wrk had sent all is not counted by it; the server has it.
  if (taken < work.events * 0.99)
    throw new Error(`only ${taken} of ${work.events} events were stored`)
  server.kill('SIGTERM')
  await new Promise(resolve => {
    server.once('exit', resolve)
  })
  const p99 = /99%\s+(\S+)/.exec(report)?.[1] ?? '?'
  return { cpu: ((after.cpu - before.cpu) / taken) * 1e6, wall, mb: after.mb, p99 }
}

/** Seconds from the server's first work to its last: wrk itself runs until it is told to end. */
async function untilQuiet(pid: number | undefined): Promise<number> {
  let { cpu: last } = await used(pid)
  let first: number | undefined
  let latest = 0
  for (;;) {
    await sleep(50)
    const { cpu } = await used(pid)
    const now = performance.now()
    if (cpu - last >= 0.02) {
      first ??= now - 50
      latest = now
    } else if (first !== undefined && now - latest > 1_000) return (latest - first) / 1_000
    last = cpu
  }
}

async function flush(): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${PORT}/api/v1/flush`, {
    method: 'POST',
    headers: { 'X-Maintenance-Key': MAINTENANCE_KEY },
  })
  if (answer.status !== 200) throw new Error(`not delivered: ${await answer.text()}`)
}

async function storedEvents(): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${PORT}/metrics`)).text()
  return Number(/^ferry_collect_events_stored_total (\d+)$/m.exec(page)?.[1])
}
