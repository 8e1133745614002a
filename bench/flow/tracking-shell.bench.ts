/** Budget: the tracking shell costs 3 ms or less a recipe line over plain bash; 2,000 lines at -j8. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeProject, median, timeMake } from './night.ts'

const LINES = 2_000
const RUNS = 5
const names = Array.from({ length: LINES }, (_, i) => `t${i}`).join(' ')
const folder = makeProject(`all: ${names}\n${names}: ; @echo made $@\n`)
const plain: number[] = []
const ours: number[] = []
for (let run = 0; run < RUNS; run++) {
  plain.push(timeMake(folder, 'plain.mk', ['-j8', 'all']))
  ours.push(timeMake(folder, 'ours.mk', ['-j8', 'all']))
  rmSync(join(folder, 'logs'), { recursive: true })
}
rmSync(folder, { recursive: true })
const cost = (median(ours) - median(plain)) / LINES
console.log(`plain bash      ${(median(plain) / LINES).toFixed(2)} ms a line`)
console.log(
  `tracking shell  ${(median(ours) / LINES).toFixed(2)} ms a line (ratio ${(median(ours) / median(plain)).toFixed(2)})`,
)
console.log(
  `cost            ${cost.toFixed(2)} ms a line; budget 3 ms: ${cost <= 3 ? 'met' : 'MISSED'}`,
)
