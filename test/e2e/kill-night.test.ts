/**
 * SIGKILLs recipes, tracking shells, makes, ferry and all of them at once at random points of
 * nights of 200 targets, and lets each night finish. FERRY_SOAK=1: 100 kills, else 5.
 * FERRY_SEED repeats a run's choices (the machine's timing differs all the same).
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCommands } from '../../src/formats/command-record.ts'
import {
  endOf,
  FERRY,
  generator,
  kill,
  nightProcesses,
  startNight,
  strike,
} from './night-processes.ts'

const DATE = '2026-03-01'
const TARGETS = 200
const KILLS = process.env['FERRY_SOAK'] === '1' ? 100 : 5
const SEED = Number(process.env['FERRY_SEED'] ?? Date.now() % 100_000)

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
  for (const one of nightProcesses(project)) kill(one.pid)
  await rm(project, { recursive: true, force: true })
})

async function runUndisturbed(): Promise<Map<string, string>> {
  const child = startNight(project, DATE)
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
      const ferry = startNight(project, DATE)
      attempts += 1
      while (wanted > 0 && kills < KILLS && ferry.exitCode === null && ferry.signalCode === null) {
        await sleep(20 + random(900))
        const kind = kinds[random(kinds.length)] ?? 'make'
        const struck = strike(project, kind, ferry, random)
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
    expect(nightProcesses(project), 'nothing is left running').toEqual([])
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
