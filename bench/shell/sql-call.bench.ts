/**
 * What a call of `ferry sql` costs beyond its query, on an embedded warehouse whose owner runs, as in
 * a night. Budget: 150 ms. The query's own time is what the same session needs for it, which
 * --timing tells; the bare start of Node is shown beside. Run: node bench/shell/sql-call.bench.ts
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CALLS = 21
const BUDGET_MS = 150
const ferry = join(import.meta.dirname, '../../bin/ferry')
const cwd = mkdtempSync(join(tmpdir(), 'ferry-bench-sql-'))
writeFileSync(join(cwd, 'ferry.yaml'), '')
writeFileSync(
  join(cwd, 'query.sql'),
  'select count(*) as n, sum(range % <%= divisor %>) as s from range(20000000)',
)

function time(command: string, args: readonly string[]): { ms: number; stderr: string } {
  const started = performance.now()
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`)
  return { ms: performance.now() - started, stderr }
}

const median = (numbers: number[]): number =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

const call = ['sql', 'query.sql', '--var', 'divisor=7', '--csv', '--timing']
time(ferry, call) // starts the owner and fills the compile cache
const node: number[] = []
const whole: number[] = []
const query: number[] = []
const beyond: number[] = []
for (let index = 0; index < CALLS; index += 1) {
  node.push(time(process.execPath, ['-e', '0']).ms)
  const { ms, stderr } = time(ferry, call)
  const [, amount, unit] = /: ([\d.]+) (ms|s)$/m.exec(stderr) ?? []
  const own = Number(amount) * (unit === 's' ? 1_000 : 1)
  whole.push(ms)
  query.push(own)
  beyond.push(ms - own)
}
time(ferry, ['warehouse', 'stop'])
rmSync(cwd, { recursive: true, force: true })

console.log(`node -e 0        ${median(node).toFixed(0)} ms`)
console.log(`ferry sql        ${median(whole).toFixed(0)} ms`)
console.log(`its query        ${median(query).toFixed(0)} ms`)
console.log(`beyond the query ${median(beyond).toFixed(0)} ms (budget ${BUDGET_MS} ms)`)
if (median(beyond) > BUDGET_MS) process.exitCode = 1
