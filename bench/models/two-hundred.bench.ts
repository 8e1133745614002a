/**
 * 200 models of trivial SQL, each one `ferry model NAME` that make starts, at -j4.
 * Budget: 30 s in all on two cores. Also: how long `ferry rules` takes for 1,000 models.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
const ferry = resolve(import.meta.dirname, '../../bin/ferry')
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

function makeProject(models: number): string {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-bench-models-'))
  writeFileSync(join(directory, 'ferry.yaml'), 'name: bench\n')
  writeFileSync(
    join(directory, 'makefile'),
    'include .ferry/rules.mk\n.ferry/rules.mk: ; ferry rules\n',
  )
  mkdirSync(join(directory, 'models'))
  for (let index = 0; index < models; index += 1) {
    // Ten layers: each model reads one of the layer before.
    const from = index < models / 10 ? '' : ` from <%= ref('m${index - models / 10}') %>`
    writeFileSync(
      join(directory, `models/m${index}.sql`),
      `/*\ndescription: number ${index}\nchecks: [ { not_null: n } ]\n*/\nselect ${index} as n${from}\n`,
    )
  }
  return directory
}

function run(directory: string, command: string, args: readonly string[]): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(command, args, {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${resolve(ferry, '..')}:${process.env['PATH']}` },
  })
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`)
  return performance.now() - started
}

const directory = makeProject(200)
try {
  run(directory, ferry, ['rules'])
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const date = `2026-03-0${round + 1}`
    times.push(run(directory, 'make', ['-s', '-j4', `TODAY=${date}`, 'models']))
    const made = readdirSync(join(directory, 'results', date, 'models')).length
    if (made !== 200) throw new Error(`${made} receipts instead of 200`)
  }
  const all = times.map(ms => (ms / 1_000).toFixed(1)).join(', ')
  console.log(
    `200 models at -j4: median ${(median(times) / 1_000).toFixed(1)} s (${all}); budget 30 s`,
  )
} finally {
  spawnSync(ferry, ['warehouse', 'stop'], { cwd: directory })
  rmSync(directory, { recursive: true, force: true })
}

const thousand = makeProject(1_000)
try {
  const times = Array.from({ length: ROUNDS }, () => run(thousand, ferry, ['rules']))
  console.log(`ferry rules, 1,000 models: median ${median(times).toFixed(0)} ms`)
} finally {
  rmSync(thousand, { recursive: true, force: true })
}
