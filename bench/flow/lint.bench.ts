/**
 * `ferry lint` on a project of 300 targets, each with a recipe and a template, beside `make -n` on
 * the same. Budget: 2 s.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

const TARGETS = 300
const ROUNDS = 7
const ferry = join(import.meta.dirname, '../../bin/ferry')
const project = mkdtempSync(join(tmpdir(), 'ferry-lint-bench-'))

for (const folder of ['scripts', 'models']) mkdirSync(join(project, folder))
const names = Array.from({ length: TARGETS }, (_, at) => `kpi_${at}`)
const rules = names.map((name, at) => {
  const before = at < 10 ? '' : `$(RESULTS)/kpi_${at - 10}.csv`
  return `$(RESULTS)/${name}.csv: scripts/${name}.sql ${before} | scaffold
\tferry sql $< --var name=${name} --var day=$(TODAY) --csv | sort > $(TMP_OUT) && mv $(TMP_OUT) $@
`
})
writeFileSync(
  join(project, 'makefile'),
  `include .ferry/rules.mk
.ferry/rules.mk: ; ferry rules
.PHONY: all
all: ${names.map(name => `$(RESULTS)/${name}.csv`).join(' ')}
${rules.join('\n')}`,
)
writeFileSync(join(project, 'ferry.yaml'), 'run: { targets: [all] }\n')
for (const name of names) {
  const sql = 'select <%= literal(name) %> as kpi, <%= literal(day) %> as day\n'
  writeFileSync(join(project, 'scripts', `${name}.sql`), sql)
}
execFileSync(ferry, ['rules'], { cwd: project })

const timed = (program: string, ...args: string[]): number => {
  const start = performance.now()
  execFileSync(program, args, { cwd: project, maxBuffer: 1e9 })
  return performance.now() - start
}
const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1] ?? 0

const lint: number[] = []
const make: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  make.push(timed('make', '-n', 'all'))
  lint.push(timed(ferry, 'lint'))
}
rmSync(project, { recursive: true })
const [ours, plain] = [median(lint), median(make)]
console.log(`targets                  ${TARGETS}`)
console.log(`make -n all              ${plain.toFixed(0)} ms (median of ${ROUNDS})`)
console.log(`ferry lint               ${ours.toFixed(0)} ms (median of ${ROUNDS}, budget 2000)`)
console.log(`ratio                    ${(ours / plain).toFixed(1)}`)
if (ours > 2_000) process.exitCode = 1
