/**
 * SIGKILLs recipes, tracking shells, makes, ferry and all of them at once at random points of
 * nights of 200 targets, and lets each night finish. FERRY_SOAK=1: 100 kills, else 5.
 * FERRY_SEED repeats a run's choices (the machine's timing differs all the same).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCommands } from '../../src/formats/command-record.ts'

const FERRY = join(import.meta.dirname, '../../bin/ferry')
const DATE = '2026-03-01'
const TARGETS = 200
const KILLS = process.env['FERRY_SOAK'] === '1' ? 100 : 5
const SEED = Number(process.env['FERRY_SEED'] ?? Date.now() % 100_000)

/** A small seeded generator (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** How many recipe lines target `n` has: the harness's own knowledge, to judge ferry by. */
const linesOf = (n: number): number => (n % 3 === 1 ? 2 : 1)

/**
 * Recipes write in two steps with a pause between, most without TMP_OUT, so that halves exist. Each
 * holds what it read, so that a half that was accepted spoils the bytes of all that follow.
 */
function makefile(): string {
  const random = generator(1)
  const rules = ['include .ferry/rules.mk', `.ferry/rules.mk: ; ${FERRY} rules`, 'all:']
  for (let n = 0; n < TARGETS; n += 1) {
    const needs = n < 8 ? [] : [1, 2, 3].map(() => random(n)).map(need => `out/${need}.txt`)
    const pause = `sleep 0.0${1 + random(9)}`
    const half = `{ echo head ${n}; sha256sum </dev/null; cat $^ /dev/null | sha256sum; }`
    const rest = `echo tail ${n}`
    rules.push(`all: out/${n}.txt`, `out/${n}.txt: ${[...new Set(needs)].join(' ')} | out`)
    if (n % 3 === 0) rules.push(`\t${half} > $@; ${pause}; ${rest} >> $@`)
    else if (n % 3 === 1) rules.push(`\t${half} > $@; ${pause}`, `\t${pause}; ${rest} >> $@`)
    else rules.push(`\t${half} > $(TMP_OUT); ${pause}; ${rest} >> $(TMP_OUT); mv $(TMP_OUT) $@`)
  }
  rules.push('out: ; mkdir -p out')
  return `${rules.join('\n')}\n`
}

let project = ''
const counts: Record<string, number> = { recipe: 0, shell: 0, make: 0, ferry: 0, everything: 0 }
const kinds = Object.keys(counts)

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ferry-kill-'))
  await writeFile(join(project, 'makefile'), makefile())
  await writeFile(
    join(project, 'ferry.yaml'),
    'run: { targets: [all], jobs: 6, max_attempts: 10000 }\n',
  )
})

afterAll(async () => {
  for (const one of processes()) process.kill(one.pid, 'SIGKILL')
  await rm(project, { recursive: true, force: true })
})

function startFerry(): ChildProcess {
  return spawn(FERRY, ['run', '--once', '--date', DATE], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // it ended meanwhile
  }
}

interface Victim {
  readonly pid: number
  readonly kind: string
  /** Of what it works on, when it is a recipe or its shell. */
  readonly target: string | undefined
}

/** Every process of the night under test but ferry itself. */
function processes(): Victim[] {
  return readdirSync('/proc').flatMap((name): Victim[] => {
    if (!/^\d+$/.test(name)) return []
    const environment = readProc(`/proc/${name}/environ`).split('\0')
    const value = (key: string): string | undefined =>
      environment.find(entry => entry.startsWith(`${key}=`))?.slice(key.length + 1)
    if (value('FERRY_RUN_ID') === undefined) return []
    try {
      if (readlinkSync(`/proc/${name}/cwd`) !== project) return []
    } catch {
      return [] // it ended meanwhile
    }
    const command = readProc(`/proc/${name}/cmdline`)
    const kind = command.startsWith('make\0')
      ? 'make'
      : value('FERRY_COMMAND_ID') === undefined
        ? 'shell'
        : 'recipe'
    return [{ pid: Number(name), kind, target: value('FERRY_TARGET') }]
  })
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false // it ended meanwhile
  }
}

/** Kills one of a kind; returns the targets whose own processes were hit, or undefined for none. */
function strike(kind: string, ferry: ChildProcess, random: (below: number) => number) {
  const all = processes()
  const chosen = all.filter(one => one.kind === kind)
  if (kind === 'ferry') return ferry.kill('SIGKILL') ? [] : undefined
  if (kind === 'everything') {
    ferry.kill('SIGKILL')
    return all.filter(one => kill(one.pid)).flatMap(one => one.target ?? [])
  }
  const one = chosen[random(Math.max(1, chosen.length))]
  return one !== undefined && kill(one.pid) ? [one.target ?? ''] : undefined
}

async function runUndisturbed(): Promise<Map<string, string>> {
  const child = startFerry()
  expect(await endOf(child), String(child.stderr?.read() ?? '')).toBe(0)
  return outputs()
}

async function outputs(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let n = 0; n < TARGETS; n += 1) {
    const content = await readFile(join(project, `out/${n}.txt`))
    found.set(`out/${n}.txt`, createHash('sha256').update(content).digest('hex'))
  }
  return found
}

async function clear(): Promise<void> {
  for (const name of ['out', 'logs', '.ferry/nights', 'intermediate', 'results']) {
    await rm(join(project, name), { recursive: true, force: true })
  }
  await mkdir(join(project, '.ferry'), { recursive: true })
}

/**
 * The targets that ran again after a run of theirs had come to its end, with all its lines. Those
 * whose own shell was hit may: it was perhaps hit between its record and its exit.
 */
async function ranAgain(hit: ReadonlySet<string>): Promise<string[]> {
  const text = await readFile(join(project, 'logs', DATE, 'timing_env.log'), 'utf8')
  const finished = new Map<string, string>()
  const wellEnded = new Map<string, number>()
  const again: string[] = []
  for (const { begin, end } of readCommands(text)) {
    const n = /^out\/(\d+)\.txt$/.exec(begin.target)?.[1]
    if (n === undefined) continue
    const before = finished.get(begin.target)
    if (before !== undefined && !hit.has(begin.target)) {
      again.push(`${begin.target}: ${before}, then ${begin.run_id}`)
    }
    const key = `${begin.target} ${begin.run_id}`
    if (end?.exit_code === 0) wellEnded.set(key, (wellEnded.get(key) ?? 0) + 1)
    if (wellEnded.get(key) === linesOf(Number(n))) finished.set(begin.target, begin.run_id ?? '')
  }
  expect(finished.size).toBe(TARGETS)
  return again
}

test(`${KILLS} kills at random: no half output counts, nothing finished runs again, the bytes are the same`, {
  timeout: 1_800_000,
}, async () => {
  const random = generator(SEED)
  const expected = await runUndisturbed()
  let kills = 0
  let nights = 0
  let attempts = 0
  while (kills < KILLS) {
    await clear()
    const hit = new Set<string>()
    let wanted = 1 + random(8)
    for (let code: number | null = 1; code !== 0; ) {
      const ferry = startFerry()
      attempts += 1
      while (wanted > 0 && kills < KILLS && ferry.exitCode === null && ferry.signalCode === null) {
        await sleep(20 + random(900))
        const kind = kinds[random(kinds.length)] ?? 'make'
        const struck = strike(kind, ferry, random)
        if (struck === undefined) continue
        for (const target of struck) hit.add(target)
        counts[kind] = (counts[kind] ?? 0) + 1
        kills += 1
        wanted -= 1
        if (kind !== 'recipe' && kind !== 'shell') break
      }
      code = await endOf(ferry)
    }
    nights += 1
    expect(await outputs()).toEqual(expected)
    expect(await ranAgain(hit), `seed ${SEED}, night ${nights}`).toEqual([])
    expect(processes(), 'nothing is left running').toEqual([])
  }
  expect(existsSync(join(project, 'out'))).toBe(true)
  console.log(
    `${kills} kills (${Object.entries(counts)
      .map(([kind, n]) => `${n} ${kind}`)
      .join(
        ', ',
      )}) in ${nights} nights of ${TARGETS} targets, ${attempts} calls of ferry run, seed ${SEED}`,
  )
})
