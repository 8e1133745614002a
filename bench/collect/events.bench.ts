/**
 * Budgets: CPU seconds of the collector for a million events, durable and compressed: protobuf of 1
 * to 25 events a request 4.5, JSON 8, protobuf of one event 27; durability 25 % of it at most; 250 MB;
 * p99 50 ms at 70 % of the highest load; 25,000 events a minute for 2 % of one core. Beside each:
 * node:http that reads the body and answers, as the limit of that server. wrk sends the load
 * (Debian's package `wrk`); each request is another one and signed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../flow/night.ts'
import { type CorpusOptions, readRequests, writeCorpus } from './corpus.ts'

const EVENTS = Number(process.env['FERRY_BENCH_EVENTS'] ?? 1_000_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 3)
const SERVER_CORE = process.env['FERRY_BENCH_CORE'] // pins the server, for events a second on one core
const SECRET = 'a secret'
const PORT = 18_080
const FERRY = join(import.meta.dirname, '../../bin/ferry')
const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-collect-'))

type Kind = 'ferry' | 'no-sync' | 'bare'

interface Run {
  readonly cpu: number
  readonly wall: number
  readonly mb: number
  readonly p99: string
}

const BARE = `require('node:http').createServer((request, response) => {
  request.on('data', () => {}).on('end', () => response.end())
}).listen(${PORT}, '127.0.0.1', () => console.error('listening on it,'))`

async function start(kind: Kind): Promise<ChildProcess> {
  const project = await mkdtemp(join(folder, 'project-'))
  await writeFile(
    join(project, 'ferry.yaml'),
    `collect: { listen: "127.0.0.1:${PORT}", secret: "${SECRET}", workers: ${SERVER_CORE === undefined ? 2 : 1} }\n`,
  )
  const command =
    kind === 'bare'
      ? [process.execPath, '-e', BARE]
      : [FERRY, 'collect', ...(kind === 'no-sync' ? ['--no-sync'] : [])]
  const pinned = SERVER_CORE === undefined ? command : ['taskset', '-c', SERVER_CORE, ...command]
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

async function used(pid: number | undefined): Promise<{ cpu: number; mb: number }> {
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { cpu: (Number(stat[11]) + Number(stat[12])) / 100, mb: Number(peak) / 1_000 }
}

interface Load {
  readonly connections: number
  /** Between an answer and the next request of its connection. */
  readonly pauseMs: number
}
const FULL: Load = { connections: 64, pauseMs: 0 }

async function run(kind: Kind, corpus: string, events: number, how: Load = FULL): Promise<Run> {
  const server = await start(kind)
  const before = await used(server.pid)
  const threads = SERVER_CORE === undefined ? 2 : 1
  const script = join(import.meta.dirname, 'replay.lua')
  const url = `http://127.0.0.1:${PORT}/api/v1/track`
  const wrk = `wrk -t ${threads} -c ${how.connections} -d 600s --latency -s ${script} ${url}`.split(
    ' ',
  )
  const load = spawn('taskset', ['-c', SERVER_CORE === '0' ? '1' : '0,1', ...wrk], {
    env: {
      ...process.env,
      CORPUS: corpus,
      THREADS: String(threads),
      PAUSE_MS: String(how.pauseMs),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = text(load.stdout)
  const wall = await untilQuiet(server.pid)
  const after = await used(server.pid)
  load.kill('SIGINT') // it has sent all, and prints what it saw
  const report = await said
  if (/Non-2xx/.test(report)) throw new Error(`requests were refused: ${report}`)
  const taken = kind === 'bare' ? events : await storedEvents()
  // What was under way when a thread of wrk had sent all is not counted by it; the server has it.
  if (taken < events * 0.99) throw new Error(`only ${taken} of ${events} events were stored`)
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

async function storedEvents(): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${PORT}/metrics`)).text()
  return Number(/^ferry_collect_events_stored_total (\d+)$/m.exec(page)?.[1])
}

/** The pause is found by a first run, as an answer takes its time too. */
async function atSeventyPercent(most: number): Promise<void> {
  const path = join(folder, 'corpus')
  const write = (events: number): Promise<number> =>
    writeCorpus({ path, events, type: 'protobuf', most: 25, secret: SECRET, port: PORT })
  const connections = 256
  const wanted = 0.7 * most
  const eventsARequest = 13
  let pauseMs = Math.round((connections * eventsARequest * 1_000) / wanted)
  for (const part of [0.5, 1]) {
    const events = await write(EVENTS * part)
    const { wall, p99 } = await run('ferry', path, events, { connections, pauseMs })
    const rate = events / wall
    if (part === 1) {
      console.log(
        `at ${((rate / most) * 100).toFixed(0)} % of the highest load (${Math.round(rate).toLocaleString('en')} events/s, ${connections} connections) p99 ${p99} (budget 50 ms)`,
      )
    }
    pauseMs = Math.max(
      1,
      pauseMs - Math.round(connections * eventsARequest * 1_000 * (1 / rate - 1 / wanted)),
    )
  }
}

/** A small company's day: what a server costs while it has little to do, in percent of one core. */
async function quietMinute(kind: Kind): Promise<number> {
  const path = join(folder, 'corpus')
  const most = 25
  await writeCorpus({ path, events: 25_000, type: 'protobuf', most, secret: SECRET, port: PORT })
  const requests = await readRequests(path)
  const server = await start(kind)
  const before = await used(server.pid)
  const began = performance.now()
  for (const [index, request] of requests.entries()) {
    await sleep(Math.max(0, began + (index / requests.length) * 60_000 - performance.now()))
    const client = connect(PORT, '127.0.0.1')
    client.write(request)
    const [answer] = (await once(client, 'data')) as [Buffer]
    if (!answer.includes('HTTP/1.1 200'))
      throw new Error(`a request was refused: ${answer.toString('latin1')}`)
    client.destroy()
  }
  const seconds = (performance.now() - began) / 1_000
  const cpu = (await used(server.pid)).cpu - before.cpu
  server.kill('SIGTERM')
  await once(server, 'exit')
  return (cpu / seconds) * 100
}

const CASES: readonly (Pick<CorpusOptions, 'type' | 'most'> & {
  name: string
  budget: number
  events: number
})[] = [
  { name: 'protobuf, 1-25 events', type: 'protobuf', most: 25, budget: 4.5, events: EVENTS },
  { name: 'JSON, 1-25 events', type: 'json', most: 25, budget: 8, events: EVENTS },
  { name: 'protobuf, 1 event', type: 'protobuf', most: 1, budget: 27, events: EVENTS / 4 },
]
console.log(
  `CPU seconds a million events, medians of ${ROUNDS}; ${EVENTS} events; ${SERVER_CORE === undefined ? '2 workers' : '1 worker on one core'}`,
)
let highest = 0
for (const { name, budget, ...what } of CASES) {
  const path = join(folder, 'corpus')
  const results = { ferry: [] as Run[], 'no-sync': [] as Run[], bare: [] as Run[] }
  for (let round = 0; round < ROUNDS; round++) {
    const events = await writeCorpus({ ...what, path, secret: SECRET, port: PORT }) // signed anew
    for (const kind of ['ferry', 'no-sync', 'bare'] as const)
      results[kind].push(await run(kind, path, events))
  }
  const of = (kind: keyof typeof results, pick: (one: Run) => number): number =>
    median(results[kind].map(pick))
  const cpu = of('ferry', one => one.cpu)
  const rate = what.events / of('ferry', one => one.wall)
  if (highest === 0) highest = rate
  const share = 1 - of('no-sync', one => one.cpu) / cpu
  console.log(
    `${name.padEnd(22)} ${cpu.toFixed(2)} (budget ${budget}: ${cpu <= budget ? 'met' : 'MISSED'}), no-sync ${of('no-sync', one => one.cpu).toFixed(2)} ` +
      `(durability ${(share * 100).toFixed(0)} %), bare node:http ${of('bare', one => one.cpu).toFixed(2)}; ` +
      `${Math.round(rate).toLocaleString('en')} events/s, p99 ${results.ferry.map(one => one.p99).join(' ')}, ${of('ferry', one => one.mb).toFixed(0)} MB`,
  )
}
await atSeventyPercent(highest)
const quiet = { ferry: await quietMinute('ferry'), bare: await quietMinute('bare') }
console.log(
  `25,000 events in a minute, a connection each request: ${quiet.ferry.toFixed(2)} % of one core (budget 2), bare node:http ${quiet.bare.toFixed(2)} %`,
)
await rm(folder, { recursive: true })
