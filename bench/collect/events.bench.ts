/**
 * Budgets: CPU seconds of the collector for a million events, durable, compressed and delivered:
 * protobuf of 1 to 25 events a request 4.5, JSON 8, protobuf of one event 27; durability 25 % of it at
 * most; 250 MB; p99 50 ms at 70 % of the highest load; 25,000 events a minute for 2 % of one core; 220,000
 * events a second where one core serves. wrk sends the load (Debian's package `wrk`); each request is
 * another one and signed.
 *
 * The budgets were set on a machine where two servers that only answer cost 22 us (node:http) and 11 us
 * (a socket) a request. Both are measured beside the collector; what a budget would be on this machine,
 * were all of it so much slower or faster, is printed beside the budget itself.
 *
 * FERRY_BENCH_EVENTS, FERRY_BENCH_ROUNDS: how much; FERRY_BENCH_PARTS: which of `protobuf json single
 * one-core latency quiet`.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../flow/night.ts'
import { type CorpusOptions, readRequests, writeCorpus } from './corpus.ts'
import {
  type Kind,
  type Load,
  PORT,
  type Run,
  run,
  SECRET,
  start,
  used,
} from './server-under-load.ts'

const EVENTS = Number(process.env['FERRY_BENCH_EVENTS'] ?? 1_000_000)
const ROUNDS = Number(process.env['FERRY_BENCH_ROUNDS'] ?? 3)
const PARTS = process.env['FERRY_BENCH_PARTS']?.split(' ')
const FULL: Load = { connections: 64, pauseMs: 0 }
/** Microseconds a request, where the budgets were set. */
const REFERENCE = { http: 22, socket: 11 } as const
const KINDS = ['ferry', 'no-sync', 'http', 'socket'] as const
const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-collect-'))
const corpus = join(folder, 'corpus')

interface Case extends Pick<CorpusOptions, 'type' | 'most'> {
  readonly part: string
  readonly name: string
  readonly budget: number
  readonly events: number
  readonly core?: string
}

const CASES: readonly Case[] = [
  {
    part: 'protobuf',
    name: 'protobuf, 1-25 events',
    type: 'protobuf',
    most: 25,
    budget: 4.5,
    events: EVENTS,
  },
  { part: 'json', name: 'JSON, 1-25 events', type: 'json', most: 25, budget: 8, events: EVENTS },
  {
    part: 'single',
    name: 'protobuf, 1 event',
    type: 'protobuf',
    most: 1,
    budget: 27,
    events: EVENTS / 4,
  },
  {
    part: 'one-core',
    name: 'protobuf, 1-25, one core',
    type: 'protobuf',
    most: 25,
    budget: 1e6 / 220_000,
    events: EVENTS,
    core: '1',
  },
]

const isWanted = (part: string): boolean => PARTS?.includes(part) ?? true
const number = (value: number): string => Math.round(value).toLocaleString('en')

/** Medians of a case, each kind of server in turns. Prints them; returns the events a second. */
async function measure(one: Case): Promise<number> {
  const results: Record<Kind, Run[]> = { ferry: [], 'no-sync': [], http: [], socket: [] }
  let requests = 0
  for (let round = 0; round < ROUNDS; round++) {
    const written = await writeCorpus({ ...one, path: corpus, secret: SECRET, port: PORT }) // signed anew
    requests = written.requests
    for (const kind of KINDS) {
      const work = { folder, core: one.core, corpus, events: written.events, load: FULL }
      results[kind].push(await run(kind, work))
    }
  }
  const of = (kind: Kind, pick: (run: Run) => number): number => median(results[kind].map(pick))
  const cost = (kind: Kind): number => of(kind, run => run.cpu)
  const perRequest = (kind: Kind): number => (cost(kind) * one.events) / requests
  const cpu = cost('ferry')
  const rate = one.events / of('ferry', run => run.wall)
  console.log(
    `${one.name}: ${cpu.toFixed(2)} CPU s a million events, budget ${one.budget.toFixed(1)} ${verdict(cpu, one.budget)}; ` +
      `without sync ${cost('no-sync').toFixed(2)}, so durability is ${((1 - cost('no-sync') / cpu) * 100).toFixed(0)} %; ` +
      `${number(rate)} events/s, p99 ${results.ferry.map(run => run.p99).join(' ')}, ${number(of('ferry', run => run.mb))} MB`,
  )
  for (const kind of ['http', 'socket'] as const) {
    const slower = perRequest(kind) / REFERENCE[kind]
    const scaled = one.budget * slower
    console.log(
      `  bare ${kind} ${cost(kind).toFixed(2)}, ${perRequest(kind).toFixed(1)} us a request (there ${REFERENCE[kind]}); ferry costs ${(cpu / cost(kind)).toFixed(2)} times that; ` +
        `budget scaled by it ${scaled.toFixed(1)} ${verdict(cpu, scaled)}`,
    )
  }
  return rate
}

const verdict = (value: number, budget: number): string => (value <= budget ? '(met)' : '(MISSED)')

/** The pause is found by a first run, as an answer takes its time too. */
async function atSeventyPercent(most: number): Promise<void> {
  const connections = 256
  const wanted = 0.7 * most
  const eventsARequest = 13
  let pauseMs = Math.round((connections * eventsARequest * 1_000) / wanted)
  for (const part of [0.5, 1]) {
    const what = { type: 'protobuf', most: 25, secret: SECRET, port: PORT } as const
    const { events } = await writeCorpus({ ...what, path: corpus, events: EVENTS * part })
    const load = { connections, pauseMs }
    const { wall, p99 } = await run('ferry', { folder, core: undefined, corpus, events, load })
    const rate = events / wall
    if (part === 1) {
      console.log(
        `at ${((rate / most) * 100).toFixed(0)} % of the highest load (${number(rate)} events/s, ${connections} connections) p99 ${p99} (budget 50 ms)`,
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
  const what = { type: 'protobuf', most: 25, secret: SECRET, port: PORT } as const
  await writeCorpus({ ...what, path: corpus, events: 25_000 })
  const requests = await readRequests(corpus)
  const server = await start(kind, { folder, core: undefined })
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

console.log(`medians of ${ROUNDS}; ${number(EVENTS)} events`)
const rates = new Map<string, number>()
for (const one of CASES) if (isWanted(one.part)) rates.set(one.part, await measure(one))
const highest = rates.get('protobuf') ?? Number(process.env['FERRY_BENCH_HIGHEST'])
if (isWanted('latency')) await atSeventyPercent(highest)
if (isWanted('quiet')) {
  const ferry = await quietMinute('ferry')
  const http = await quietMinute('http')
  console.log(
    `25,000 events in a minute, a connection each request: ${ferry.toFixed(2)} % of one core, budget 2 ${verdict(ferry, 2)}; bare node:http ${http.toFixed(2)} %`,
  )
}
await rm(folder, { recursive: true })
