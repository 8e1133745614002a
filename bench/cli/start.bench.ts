/** `ferry --version` beside `node -e 0`, the same Node, one after the other. Budget: 30 ms apart. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

const ROUNDS = 41
const ferry = join(import.meta.dirname, '../../bin/ferry')

const timed = (program: string, ...args: string[]): number => {
  const start = performance.now()
  execFileSync(program, args)
  return performance.now() - start
}
const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1] ?? 0

const ours: number[] = []
const bare: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  bare.push(timed(process.execPath, '-e', '0'))
  ours.push(timed(ferry, '--version'))
}
const [version, nothing] = [median(ours), median(bare)]
console.log(`node -e 0                ${nothing.toFixed(1)} ms (median of ${ROUNDS})`)
console.log(`ferry --version          ${version.toFixed(1)} ms (median of ${ROUNDS})`)
console.log(`difference               ${(version - nothing).toFixed(1)} ms (budget 30)`)
console.log(`ratio                    ${(version / nothing).toFixed(2)}`)
if (version - nothing > 30) process.exitCode = 1
