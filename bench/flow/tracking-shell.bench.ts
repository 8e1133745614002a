/**
 * Budget: the tracking shell costs 3 ms or less a recipe line over plain bash; 2,000 lines at -j8.
 * The clock is what the budget is about. CPU time says more on a machine with other work.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { childrenCpu, makeProject, median, timeMake } from './night.ts'

const LINES = 2_000
const RUNS = 5
const names = Array.from({ length: LINES }, (_, i) => `t${i}`).join(' ')
const folder = makeProject(`all: ${names}\n${names}: ; @echo made $@\n`)

class Side {
  readonly #makefile: string
  readonly #wall: number[] = []
  readonly #cpu: number[] = []

  constructor(makefile: string) {
    this.#makefile = makefile
  }

  run(): void {
    const cpu = childrenCpu()
    this.#wall.push(timeMake(folder, this.#makefile, ['-j8', 'all']) / LINES)
    this.#cpu.push((childrenCpu() - cpu) / LINES)
  }

  get wall(): number {
    return median(this.#wall)
  }

  get cpu(): number {
    return median(this.#cpu)
  }
}

const plain = new Side('plain.mk')
const ours = new Side('ours.mk')
for (let run = 0; run < RUNS; run++) {
  plain.run()
  ours.run()
  rmSync(join(folder, 'logs'), { recursive: true })
}
rmSync(folder, { recursive: true })
const say = (name: string, wall: number, cpu: number, rest: string): void => {
  console.log(
    `${name.padEnd(16)}${wall.toFixed(2)} ms a line, ${cpu.toFixed(2)} ms of CPU ${rest}`.trimEnd(),
  )
}
const cost = ours.wall - plain.wall
say('plain bash', plain.wall, plain.cpu, '')
say('tracking shell', ours.wall, ours.cpu, `(ratio ${(ours.wall / plain.wall).toFixed(2)})`)
say('cost', cost, ours.cpu - plain.cpu, `; budget 3 ms: ${cost <= 3 ? 'met' : 'MISSED'}`)
