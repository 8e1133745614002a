/** Budget: 10,000 targets with nothing to do take 1.25 times as long as with plain make, or less. */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeProject, median, timeMake } from './night.ts'

const TARGETS = 10_000
const RUNS = 15
const names = Array.from({ length: TARGETS }, (_, i) => `t/${i % 100}.${i}`)
const folder = makeProject(
  `all: ${names.join(' ')}\n${names.join(' ')}: source ; @echo made > $@\n`,
)
mkdirSync(join(folder, 't'))
writeFileSync(join(folder, 'source'), '')
utimesSync(join(folder, 'source'), 1, 1)
for (const name of names) writeFileSync(join(folder, name), '')
const plain: number[] = []
const ours: number[] = []
for (let run = 0; run < RUNS; run++) {
  plain.push(timeMake(folder, 'plain.mk', ['all']))
  ours.push(timeMake(folder, 'ours.mk', ['all']))
}
rmSync(folder, { recursive: true })
const ratio = median(ours) / median(plain)
console.log(`plain make  ${median(plain).toFixed(0)} ms`)
console.log(`with ferry  ${median(ours).toFixed(0)} ms`)
console.log(`ratio       ${ratio.toFixed(2)}; budget 1.25: ${ratio <= 1.25 ? 'met' : 'MISSED'}`)
