/** What the two benchmarks of make share: a project with the preamble beside a plain makefile. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const home = resolve(import.meta.dirname, '../..')

export function makeProject(rules: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-bench-'))
  const preamble = readFileSync(join(home, 'src/flow/preamble.mk'), 'utf8')
  mkdirSync(join(folder, '.ferry'))
  writeFileSync(
    join(folder, '.ferry/rules.mk'),
    `FERRY_HOME := ${home}\n${preamble}.DEFAULT_GOAL :=\n`,
  )
  writeFileSync(join(folder, '.ferry/fresh.mk'), '')
  writeFileSync(join(folder, 'ours.mk'), `include .ferry/rules.mk\n${rules}`)
  writeFileSync(
    join(folder, 'plain.mk'),
    `SHELL := /bin/bash\n.SHELLFLAGS := -e -o pipefail -c\n${rules}`,
  )
  return folder
}

/** Wall time of one make, in milliseconds. */
export function timeMake(folder: string, makefile: string, args: readonly string[]): number {
  const start = performance.now()
  const ended = spawnSync('make', ['-s', '-f', makefile, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  })
  const ms = performance.now() - start
  if (ended.status !== 0) throw new Error(`make failed: ${String(ended.stderr)}`)
  return ms
}

/** CPU time that ended children of this process, and theirs, have used so far, in milliseconds. */
export function childrenCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1')
  // After the name in parentheses come fields 3 and on; 16 and 17 are the children's, in 1/100 s.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
